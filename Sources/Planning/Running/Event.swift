public import Diagnostics

/// What happens while a plan is applied and flows are run; views are functions of it.
public enum Event: Sendable {
  case stepStarted(address: String, action: Step.Action)
  case stepFinished(address: String, action: Step.Action)
  case stepFailed(address: String, action: Step.Action, Diagnostic)
  /// A step waits, or takes long; the words say for what: `did not get a lock held by process 4711; trying again`.
  case stepWaiting(address: String, message: String)
  /// All steps are done: how many of each action.
  case applied([Step.Action: Int])
  case loadStarted(flow: String, load: String, mode: String, window: LoadWindow?)
  case loadProgress(LoadProgress)
  /// A try failed for a passing reason; the next one begins after a while.
  case loadRetrying(flow: String, load: String, attempt: Int, Diagnostic, after: Duration)
  /// Another load has the table; the words say who. It is reported each time that it is looked for, with how long that
  /// goes on by now.
  case loadWaiting(flow: String, load: String, message: String, waited: Duration)
  case loadFinished(LoadOutcome)
  /// A load was under way when the run was interrupted, and is rolled back.
  case loadInterrupted(flow: String, load: String)
}
