import Foundation

/// The commands of a Markdown file in the order in which a reader follows them.
///
/// Blocks `console` hold commands behind `$ ` (their further lines behind `> `), each with what it shows; blocks `sh` hold
/// commands alone. A block whose info string says `only-parsed` wants what no test has. What a reader does without being
/// told a command for it stands in a comment that is not shown: `<!-- console: COMMAND -->`.
struct Walkthrough {
  struct Step {
    /// The line of the file that it begins at.
    var line: Int
    var command: String
    /// The lines of the file that show what it says; nothing where that is not shown.
    var shown: Range<Int>?
    /// Whether it stands in a comment, or in a block of commands alone: it must succeed.
    var mustSucceed: Bool
  }

  /// The file's lines.
  private(set) var lines: [String]
  private(set) var steps: [Step] = []

  init(_ text: String) {
    lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    var block: (info: [Substring], start: Int)?
    for (index, line) in lines.enumerated() {
      if let match = line.wholeMatch(of: /<!-- console: (.*) -->/) {
        steps.append(Step(line: index + 1, command: String(match.1), mustSucceed: true))
      } else if line.hasPrefix("```") {
        if let open = block {
          add(open.info, open.start..<index)
          block = nil
        } else {
          block = (line.dropFirst(3).split(separator: " "), index + 1)
        }
      }
    }
  }

  private mutating func add(_ info: [Substring], _ range: Range<Int>) {
    guard let kind = info.first, !info.contains("only-parsed") else { return }
    if kind == "sh" {
      let command = lines[range].joined(separator: "\n")
      steps.append(Step(line: range.lowerBound + 1, command: command, mustSucceed: true))
    }
    guard kind == "console" else { return }
    var index = range.lowerBound
    while index < range.upperBound {
      let start = index
      guard lines[index].hasPrefix("$ ") else { return }
      var command = String(lines[index].dropFirst(2))
      index += 1
      while index < range.upperBound, lines[index].hasPrefix("> ") || lines[index] == ">" {
        command += "\n" + lines[index].dropFirst(2)
        index += 1
      }
      let first = index
      while index < range.upperBound, !lines[index].hasPrefix("$ ") { index += 1 }
      var last = index
      while last > first, lines[last - 1].isEmpty { last -= 1 }
      steps.append(Step(line: start + 1, command: command, shown: first..<last, mustSucceed: false))
    }
  }

  /// The lines that show what a step says.
  func shown(_ step: Step) -> String? { step.shown.map { lines[$0].joined(separator: "\n") } }

  /// One script of all steps, as one shell remembers variables and its folder.
  ///
  /// Each step's output stands between two control characters, and behind the second its exit status.
  var script: String {
    let parts = steps.map { step -> String in
      // A reader writes the file that is shown.
      var written = ""
      if let name = step.command.wholeMatch(of: /cat ([A-Za-z0-9_.\/-]+)/)?.1, let text = shown(step) {
        written = "mkdir -p \"$(dirname \(name))\"; cat >\(name) <<'END_OF_FILE'\n\(text)\nEND_OF_FILE\n"
      }
      return written + "printf '\\036'\n\(step.command)\nprintf '\\037%s\\n' \"$?\"\n"
    }
    return parts.joined()
  }

  /// What each step showed, and its exit status, of the script's output.
  static func results(of output: String) -> [(text: String, status: Int)] {
    output.split(separator: "\u{1E}").dropFirst(output.hasPrefix("\u{1E}") ? 0 : 1).map { part in
      let halves = part.split(separator: "\u{1F}", maxSplits: 1, omittingEmptySubsequences: false)
      var text = String(halves.first ?? "")
      while text.hasSuffix("\n") { text.removeLast() }
      let status = halves.count > 1 ? halves[1].prefix { $0 != "\n" } : ""
      return (text, Int(status) ?? -1)
    }
  }

  /// Writes other texts in place of what steps are shown to say.
  mutating func replaceShown(_ texts: [(step: Step, text: String)]) {
    for (step, text) in texts.sorted(by: { $0.step.line > $1.step.line }) {
      guard let range = step.shown else { continue }
      let new = text.isEmpty ? [] : text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
      lines.replaceSubrange(range, with: new)
    }
  }
}
