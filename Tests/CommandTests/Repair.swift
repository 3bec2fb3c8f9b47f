/// Does what a diagnostic's help says, to the letter: the first "write `...`", else the first "did you mean `...`?".
struct Repair {
  /// What the diagnostic points at, as in its place.
  struct Range {
    var file: String
    var line: Int
    var column: Int
    var endLine: Int
    var endColumn: Int
  }

  var help: [String]
  var code: String
  var range: Range

  /// Changes the file's `lines`; whether there was anything to write.
  func apply(to lines: inout [String]) -> Bool {
    guard lines.indices.contains(range.line - 1) else { return false }
    let index = range.line - 1
    if let text = help.compactMap({ $0.firstMatch(of: /^write `([^`]+)`/) }).first.map({ String($0.1) }) {
      if let key = text.firstMatch(of: /^([^\s:{"]+):( |$)/) {
        write(text, key: String(key.1), in: &lines, at: index)
      } else {
        replace(with: text, in: &lines[index])
      }
      return true
    }
    guard let text = help.compactMap({ $0.firstMatch(of: /^did you mean `([^`]+)`/) }).first else { return false }
    replace(with: String(text.1), in: &lines[index])
    return true
  }

  /// Puts `text` where the diagnostic points, within quotes that are there.
  private func replace(with text: String, in line: inout String) {
    var characters = Array(line.unicodeScalars)
    var (start, end) = (range.column - 1, range.endLine == range.line ? range.endColumn - 1 : characters.count)
    guard characters.indices.contains(start), start < end, end <= characters.count else { return }
    if characters[start] == "\"" || characters[start] == "'", end - start > 1 { (start, end) = (start + 1, end - 1) }
    characters.replaceSubrange(start..<end, with: Array(text.unicodeScalars))
    line = Self.text(characters[...])
  }

  /// Writes the entry `text`: in place of the one that the diagnostic points into, or, where a field is missing, as the
  /// first of the map that it points at.
  private func write(_ text: String, key: String, in lines: inout [String], at index: Int) {
    let characters = Array(lines[index].unicodeScalars)
    let start = range.column - 1
    guard characters.indices.contains(start) else { return }
    if code == "missing-field" {
      guard let brace = characters[start...].firstIndex(of: "{") else {
        lines.insert(String(repeating: " ", count: start + 2) + text, at: index + 1)
        return
      }
      let comma = characters[brace + 1] == "}" ? "" : ", "
      lines[index] = Self.text(characters[...brace]) + text + comma + Self.text(characters[(brace + 1)...])
      return
    }
    // A value: the entry starts at its key.
    let before = Self.text(characters[..<start])
    let first = before.firstMatch(of: /[^\s\{,]+:\s*$/).map { start - $0.0.unicodeScalars.count } ?? start
    let end = Self.end(of: characters, from: first)
    lines[index] = Self.text(characters[..<first]) + text + Self.text(characters[end...])
  }

  /// Where the entry that starts at `first` ends: at the end of the line, or in braces at their comma or end.
  private static func end(of characters: [Unicode.Scalar], from first: Int) -> Int {
    let isInBraces = characters[..<first].count { $0 == "{" } > characters[..<first].count { $0 == "}" }
    var depth = 0
    var quote: Unicode.Scalar?
    for index in first..<characters.count {
      switch characters[index] {
      case let character where quote != nil: if character == quote { quote = nil }
      case "\"", "'": quote = characters[index]
      case "{", "[": depth += 1
      case "}", "]":
        if depth == 0 { return index }
        depth -= 1
      case "," where depth == 0 && isInBraces: return index
      default: continue
      }
    }
    return characters.count
  }

  private static func text(_ scalars: ArraySlice<Unicode.Scalar>) -> String {
    String(String.UnicodeScalarView(scalars))
  }
}
