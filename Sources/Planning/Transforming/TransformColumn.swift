public import Diagnostics

/// A column of what a step reads or makes.
public struct TransformColumn: Hashable, Sendable {
  public var name: String
  /// As `format_type` writes it.
  public var type: String

  /// Makes a column.
  public init(name: String, type: String) {
    self.name = name
    self.type = type
  }

  /// The type without its modifier: `numeric` of `numeric(12,2)`.
  var bareType: String {
    guard let open = type.firstIndex(of: "("), let close = type.lastIndex(of: ")") else { return type }
    return String(type[..<open] + type[type.index(after: close)...])
  }
}

/// Rows that steps read: a source's, under the name that steps call it by.
public struct TransformInput: Hashable, Sendable {
  public var name: String
  public var columns: [TransformColumn]

  /// Makes an input.
  public init(name: String, columns: [TransformColumn]) {
    self.name = name
    self.columns = columns
  }
}

extension [TransformProblem] {
  /// What there is to say where no manifest is at hand.
  public var diagnostics: [Diagnostic] {
    map { problem in Diagnostic(.error, problem.code, "\(problem.path): \(problem.message)", help: problem.help) }
  }
}

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
