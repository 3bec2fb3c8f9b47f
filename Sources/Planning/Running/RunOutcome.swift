/// What became of the flows of one run.
public struct RunOutcome: Sendable {
  /// How the loads ended that did, in the order in which the flows were named.
  public var loads: [LoadOutcome] = []
  /// The flows whose loads were under way when the run was interrupted, and were rolled back.
  public var interrupted: [String] = []
  /// The flows that were not begun, as the run was interrupted before.
  public var notBegun: [String] = []

  /// Nothing done yet.
  public init() {}

  /// Whether the run was interrupted before its end.
  public var isInterrupted: Bool { !interrupted.isEmpty || !notBegun.isEmpty }

  /// The flows that failed, or were skipped for one that did.
  public var failed: [LoadOutcome] { loads.filter { $0.status == .failed || $0.error != nil } }
}
