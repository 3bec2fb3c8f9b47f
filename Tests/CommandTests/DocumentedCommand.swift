/// Command lines in Markdown, shell scripts and YAML.
enum DocumentedCommand {
  /// The calls of `sluice` in code spans, in blocks of commands, and in files that are no Markdown.
  static func all(in text: String, isMarkdown: Bool) -> [String] {
    var isBlock = false
    var isConsole = false
    return text.split(separator: "\n", omittingEmptySubsequences: false).flatMap { line -> [String] in
      if line.hasPrefix("```") {
        isBlock.toggle()
        isConsole = line.hasPrefix("```console")
        return []
      }
      if !isMarkdown || isBlock { return isConsole && !line.hasPrefix("$ ") ? [] : calls(in: String(line)) }
      let spans = line.split(separator: "`", omittingEmptySubsequences: false).enumerated()
      return spans.filter { $0.offset % 2 == 1 && $0.element.hasPrefix("sluice ") }.map { String($0.element) }
    }
  }

  /// What follows each `sluice ` that stands where a command may: at the start of a line or after a space.
  private static func calls(in line: String) -> [String] {
    let code = line.split(separator: " #", maxSplits: 1).first.map(String.init) ?? line
    guard !code.drop(while: \.isWhitespace).hasPrefix("#"), let start = code.firstRange(of: "sluice "),
      code[..<start.lowerBound].last ?? " " == " "
    else { return [] }
    return [String(code[start.lowerBound...])]
  }

  /// The words after `sluice`, as a shell hands them on, up to what is the shell's own (`|`, `>`, `&&`).
  static func arguments(of line: String) -> [String] {
    var words: [String] = []
    var word: String?
    var quote: Character?
    for character in line {
      switch character {
      case quote: quote = nil
      case "'" where quote == nil, "\"" where quote == nil:
        quote = character
        word = word ?? ""
      case " " where quote == nil:
        if let finished = word { words.append(finished) }
        word = nil
      default: word = (word ?? "") + String(character)
      }
    }
    if let word { words.append(word) }
    let own = words.prefix { word in
      !["|", "&&", "||", "\\", "&"].contains(word) && !word.hasPrefix(">") && !word.hasPrefix("2>")
    }
    return Array(own.dropFirst())
  }
}
