internal import Diagnostics

extension SyntaxProblem {
  /// The problem for people; `text` is what was read.
  func diagnostic(in text: UnsafeBufferPointer<UInt8>, file: String) -> Diagnostic {
    let place = Place(file: file, line: Int(mark.line) + 1, column: Int(mark.column) + 1)
    if isTooDeep { return Diagnostic(.error, "too-deep", problem, at: place) }
    let line = Self.line(Int(mark.line), of: text)
    // At the end of the text, what was never closed says more than the line after the last one.
    if line.startIndex == text.endIndex, let context, let contextMark {
      let start = Place(file: file, line: Int(contextMark.line) + 1, column: Int(contextMark.column) + 1)
      return Diagnostic(
        .error, "yaml-syntax", "this is not valid YAML: \(problem) \(context)", at: start, help: Self.help(for: problem)
      )
    }
    if let tab = Self.tabInIndentation(of: line, before: Int(mark.column)) {
      return Diagnostic(
        .error, "yaml-syntax", "a tab is used for indentation",
        at: Place(file: file, line: place.line, column: tab + 1), help: ["indent with spaces"])
    }
    if let (mark, message, help) = misreading(in: text) {
      return Diagnostic(
        .error, "yaml-syntax", "this is not valid YAML: \(message)",
        at: Place(file: file, line: Int(mark.line) + 1, column: Int(mark.column) + 1), help: [help],
        related: mark == self.mark ? [] : [RelatedPlace("noticed here", at: place)])
    }
    var related: [RelatedPlace] = []
    if let context, let contextMark {
      let start = Place(file: file, line: Int(contextMark.line) + 1, column: Int(contextMark.column) + 1)
      if start != place { related.append(RelatedPlace(context, at: start)) }
    }
    return Diagnostic(
      .error, "yaml-syntax", "this is not valid YAML: \(problem)", at: place, help: Self.help(for: problem),
      related: related)
  }

  /// What libyaml takes for the start of something else than was meant: where, what it is, and what to do.
  private func misreading(in text: UnsafeBufferPointer<UInt8>) -> (Mark, String, String)? {
    guard let context, let contextMark else { return nil }
    if context == "while scanning an alias" || context == "while scanning an anchor" {
      let sign = context.hasSuffix("alias") ? "*" : "&"
      return (contextMark, "a value or a key starts with `\(sign)`", "put what starts with `\(sign)` in quotes")
    }
    let isInBrackets = problem.hasSuffix("',' or '}'") || problem.hasSuffix("',' or ']'")
    let here = String(decoding: Self.line(Int(mark.line), of: text), as: UTF8.self).unicodeScalars
    if isInBrackets, here.dropFirst(Int(mark.column)).starts(with: "{{".unicodeScalars) {
      return (mark, "`{{` begins a map within brackets", "put a value that holds `{{` in quotes")
    }
    guard isInBrackets, contextMark.line < mark.line else { return nil }
    // What starts no deeper than the line of the bracket is no longer meant to be within it.
    let opening = Self.indentation(of: Self.line(Int(contextMark.line), of: text))
    guard Self.indentation(of: Self.line(Int(mark.line), of: text)) <= opening else { return nil }
    let bracket = problem.hasSuffix("'}'") ? "{" : "["
    return (contextMark, "`\(bracket)` is not closed", "write `\(bracket == "{" ? "}" : "]")` where it ends")
  }

  private static func indentation(of line: Slice<UnsafeBufferPointer<UInt8>>) -> Int {
    line.prefix { $0 == UInt8(ascii: " ") }.count
  }

  private static func help(for problem: String) -> [String] {
    switch problem {
    case "mapping values are not allowed in this context":
      ["put a value that holds `: ` in quotes, and check the indentation"]
    case "found character that cannot start any token":
      ["put a value that starts with this character in quotes"]
    case "did not find expected key":
      ["check the indentation: the keys of one map start in the same column"]
    case "could not find expected ':'":
      ["write `key: value`, with a space after the colon"]
    case "found unexpected end of stream", "did not find expected ',' or ']'", "did not find expected ',' or '}'":
      ["close the quote or the bracket"]
    default: []
    }
  }

  /// The column, from 0, of a tab among the white space that `line` starts with, up to and with `column`.
  private static func tabInIndentation(of line: Slice<UnsafeBufferPointer<UInt8>>, before column: Int) -> Int? {
    let space = line.prefix { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }
    guard let tab = space.firstIndex(of: UInt8(ascii: "\t")) else { return nil }
    let offset = tab - space.startIndex
    return offset <= column ? offset : nil
  }

  private static func line(_ number: Int, of text: UnsafeBufferPointer<UInt8>) -> Slice<UnsafeBufferPointer<UInt8>> {
    var rest = text[...]
    for _ in 0..<number {
      guard let newline = rest.firstIndex(of: UInt8(ascii: "\n")) else { return rest.suffix(0) }
      rest = rest[(newline + 1)...]
    }
    return rest.prefix { $0 != UInt8(ascii: "\n") }
  }
}
