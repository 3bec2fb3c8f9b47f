internal import Foundation

/// What people are shown, with nothing in it that is another one on each run or on another machine.
public struct SteadyText: Sendable {
  /// What stands for a text, each for every place where the text stands as a word of its own.
  private var words: [(text: String, stand: String)]

  /// - Parameter words: texts of this run (a role's name, a folder), and what to show for each.
  public init(_ words: [(text: String, stand: String)] = []) {
    self.words = words + [(ProcessInfo.processInfo.hostName, "host")]
  }

  /// The text as it is on each run.
  public func callAsFunction(_ text: String) -> String {
    var text = text
    // The longest first, as one may begin with another.
    for word in words.sorted(by: { $0.text.count > $1.text.count }) where !word.text.isEmpty {
      let isName = word.text.allSatisfy { $0.isLetter || $0.isNumber || $0 == "_" || $0 == "-" }
      let pattern = NSRegularExpression.escapedPattern(for: word.text)
      text = Self.replacing(isName ? "(?<![\\w-])\(pattern)(?![\\w-])" : pattern, in: text) { _ in word.stand }
    }
    var identifiers: [String: String] = [:]
    text = Self.replacing("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", in: text) { found in
      let number = identifiers[found, default: "\(identifiers.count + 1)"]
      if identifiers[found] == nil { identifiers[found] = number }
      return String(repeating: "0", count: 8) + "-0000-4000-8000-" + String(repeating: "0", count: 12 - number.count)
        + number
    }
    for (pattern, stand) in Self.patterns { text = Self.replacing(pattern, in: text) { _ in stand } }
    // psql fills the last column of a head.
    text = Self.replacing("(?m) +$", in: text) { _ in "" }
    // The seconds of a load's line, in a column.
    return Self.replacing("(?m) *[0-9]+\\.[0-9]{2}$", in: text) { found in
      String(repeating: " ", count: max(1, found.count - 4)) + "0.01"
    }
  }

  private static let patterns: [(String, String)] = [
    // Of the server's log: its first line names machine and compiler.
    ("starting PostgreSQL [^\\n]*", "starting PostgreSQL 15.0"),
    ("PostgreSQL [0-9]+\\.[0-9]+", "PostgreSQL 15.0"), ("version [0-9]+\\.[0-9]+ \\([^)]*\\)", "version 15.0"),
    (" +[0-9,]+\\.[0-9] ms", "  1.0 ms"),
    // The steps of a check stand in columns, as wide as their times.
    ("(?m)^( +[✓✗–] (?:name|port|tls|login|database|version|role|writable)) +", "$1  "),
    ("\\(for [0-9]+ s\\)", "(for 0 s)"),
    (
      "20(2[5-9]|[3-9][0-9])-[0-9]{2}-[0-9]{2}[ T][0-9]{2}:[0-9]{2}:[0-9]{2}(\\.[0-9]+)?(Z| UTC|\\+00)?",
      "2025-01-01T00:00:00Z"
    ),
    ("\\[[0-9]+\\] (?=[A-Z]+:)", "[100] "), ("(process|PID:) [0-9]+", "$1 100"),
    ("/[^ \"]*/sluice-[0-9]+-[0-9a-f]{16}", "/tmp/sluice-100-0000000000000000"),
    ("/[^ ]*/psql(?= could)", "/usr/bin/psql"), ("/tmp/sluice-(relay|pooler)-[0-9]+[-_][0-9]+", "/run/postgresql"),
  ]

  private static func replacing(_ pattern: String, in text: String, _ stand: (String) -> String) -> String {
    guard let expression = try? NSRegularExpression(pattern: pattern) else { return text }
    var result = ""
    var end = text.startIndex
    for match in expression.matches(in: text, range: NSRange(text.startIndex..., in: text)) {
      guard let range = Range(match.range, in: text) else { continue }
      var replacement = stand(String(text[range]))
      if match.numberOfRanges > 1, let first = Range(match.range(at: 1), in: text) {
        replacement = replacement.replacing("$1", with: text[first])
      }
      result += text[end..<range.lowerBound] + replacement
      end = range.upperBound
    }
    return result + text[end...]
  }
}
