public import Catalog
public import Diagnostics

/// What `sluice check` found of one authorizer.
public struct AuthorizerCheck: Sendable {
  /// The authorizer's name.
  public var name: String
  /// Its server; nothing where it could not be reached.
  public var server: Server?
  /// The host (or socket folder) connected to.
  public var host: String?
  /// How long it took from opening the connection to the first answer, or to the failure.
  public var milliseconds: Double
  /// What was found step by step.
  public var steps: [CheckStep]
  /// Why it failed, and what else is worth knowing.
  public var diagnostics: [Diagnostic]

  /// Makes a check's outcome.
  public init(
    name: String, server: Server?, host: String?, milliseconds: Double, steps: [CheckStep] = [],
    diagnostics: [Diagnostic] = []
  ) {
    self.name = name
    self.server = server
    self.host = host
    self.milliseconds = milliseconds
    self.steps = steps
    self.diagnostics = diagnostics
  }

  /// Passed where the server was reached and nothing is an error.
  public var status: Check.Status {
    server == nil || diagnostics.contains { $0.severity == .error } ? .failed : .passed
  }
}
