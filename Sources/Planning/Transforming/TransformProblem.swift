public import Diagnostics

/// What is wrong with a step or a rule.
public struct TransformProblem: Error, Hashable, Sendable {
  public var code: String
  public var message: String
  /// Where it stands within the flow: `transform[1].filter.where[0].column`; places further out are looked at where that
  /// one is not known.
  public var path: String
  public var help: [String]
  /// Where in the text at `path`, in characters from 1.
  public var position: Int?

  /// Makes a problem.
  public init(_ code: String, _ message: String, at path: String, help: [String] = [], position: Int? = nil) {
    self.code = code
    self.message = message
    self.path = path
    self.help = help
    self.position = position
  }
}

extension [TransformProblem] {
  /// What there is to say where no manifest is at hand.
  public var diagnostics: [Diagnostic] {
    map { problem in Diagnostic(.error, problem.code, "\(problem.path): \(problem.message)", help: problem.help) }
  }
}
