public import Diagnostics

/// What `sluice check` found of one tunnel.
public struct TunnelCheck: Sendable {
  /// The tunnel's name.
  public var name: String
  public var status: Check.Status
  public var milliseconds: Double
  public var steps: [CheckStep]
  public var diagnostics: [Diagnostic]

  /// Makes a check's outcome.
  public init(
    name: String, status: Check.Status, milliseconds: Double, steps: [CheckStep] = [], diagnostics: [Diagnostic] = []
  ) {
    self.name = name
    self.status = status
    self.milliseconds = milliseconds
    self.steps = steps
    self.diagnostics = diagnostics
  }
}
