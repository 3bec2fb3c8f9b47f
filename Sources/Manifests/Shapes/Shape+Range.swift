internal import JSON
internal import YAML

extension Shape where Value == RelativeRange {
  /// `7d1`.
  static let range = Shape(
    "a range such as `7d1`", schema: ["type": "string", "pattern": "^[0-9]{1,6}[dwmy][0-9]{1,6}$"]
  ) { node, reading in
    guard let text = reading.text(node, wants: "a range such as `7d1`") else { return nil }
    guard let range = RelativeRange(text) else {
      reading.complain(Complaint(.noRange(text, at: 0..<text.unicodeScalars.count)), about: node)
      return nil
    }
    return range
  } write: {
    .string($0.description)
  }
}

extension Shape where Value == String {
  /// A query, with or without `{{start}}` and `{{end}}`.
  static let query = text(
    "a query", schema: ["type": ["string", "number", "boolean"], "minLength": 1], takesVariable: false,
    problem: problem(ofQuery:))

  @Sendable private static func problem(ofQuery text: String) -> Complaint? {
    if text.isEmpty { return Complaint("is empty") }
    do { _ = try QueryTemplate(text) } catch { return Complaint(error) }
    return nil
  }
}

extension Complaint {
  /// What is wrong with a range, at the very part of the text.
  init(_ problem: RangeProblem) {
    self.init(problem.message, code: RangeProblem.code, help: problem.help)
    part = problem.part
  }
}
