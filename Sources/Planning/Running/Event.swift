public import Diagnostics

/// What happens while a plan is applied and flows are run; views are functions of it.
public enum Event: Sendable {
  case stepStarted(address: String, action: Step.Action)
  case stepFinished(address: String, action: Step.Action)
  case stepFailed(address: String, action: Step.Action, Diagnostic)
  /// All steps are done, or the first failure stopped them: how many of each action are done.
  case applied([Step.Action: Int])
  case loadStarted(flow: String, load: String, mode: String)
  case loadProgress(LoadProgress)
  /// A try failed for a passing reason; the next one begins after a while.
  case loadRetrying(flow: String, load: String, attempt: Int, Diagnostic, after: Duration)
  case loadFinished(LoadOutcome)
}
