public import Diagnostics

/// What became of a plan's steps.
public struct ApplyOutcome: Sendable {
  /// A step that failed.
  public struct FailedStep: Sendable {
    /// Its address.
    public var address: String
    /// Why.
    public var diagnostics: [Diagnostic]

    /// Makes a failed step.
    public init(address: String, diagnostics: [Diagnostic]) {
      self.address = address
      self.diagnostics = diagnostics
    }
  }

  /// How many steps of each action are done, and recorded.
  public var done: [Step.Action: Int] = [:]
  /// The steps that failed, in the order in which they did.
  public var failed: [FailedStep] = []
  /// The addresses of steps that were under way when the apply was interrupted, and were rolled back.
  public var rolledBack: [String] = []
  /// The addresses of steps that were not begun, in the plan's order: something failed or was interrupted before.
  public var notBegun: [String] = []
  /// The addresses of steps that were left out, as they are blocked or need one that is.
  public var leftOut: [String] = []
  /// Whether the apply was interrupted.
  public var isInterrupted = false

  /// Nothing done yet.
  public init() {}

  /// How many steps are done.
  public var doneCount: Int { done.values.reduce(0, +) }

  /// Whether every step was done that could be.
  public var isComplete: Bool { failed.isEmpty && !isInterrupted && notBegun.isEmpty && rolledBack.isEmpty }
}
