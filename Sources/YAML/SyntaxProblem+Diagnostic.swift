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
    var related: [RelatedPlace] = []
    if let context, let contextMark {
      let start = Place(file: file, line: Int(contextMark.line) + 1, column: Int(contextMark.column) + 1)
      if start != place { related.append(RelatedPlace(context, at: start)) }
    }
    return Diagnostic(
      .error, "yaml-syntax", "this is not valid YAML: \(problem)", at: place, help: Self.help(for: problem),
      related: related)
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
