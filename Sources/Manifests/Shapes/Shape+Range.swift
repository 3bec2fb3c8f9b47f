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
    do { _ = try QueryTemplate(text) } catch {
      var complaint = Complaint(error)
      // A block has no columns to point at.
      if let line = line(of: error.part.lowerBound, in: text) { complaint.help.append(line) }
      return complaint
    }
    return nil
  }

  /// Says in which line of a text of several a part of it stands.
  private static func line(of position: Int, in text: String) -> String? {
    let before = text.unicodeScalars.prefix(position).count { $0 == "\n" }
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    guard lines.count(where: { !$0.isEmpty }) > 1, lines.indices.contains(before) else { return nil }
    return "line \(before + 1) of the query: \(lines[before].drop { $0 == " " })"
  }
}

extension Complaint {
  /// What is wrong with a range, at the very part of the text.
  init(_ problem: RangeProblem) {
    self.init(problem.message, code: RangeProblem.code, help: problem.help)
    part = problem.part
  }
}
