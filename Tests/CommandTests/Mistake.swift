import Foundation

/// A mistake that people make in manifests, as a file of `Fixtures/Mistakes` or `Fixtures/PlanMistakes` shows it.
///
/// The file holds flows.yaml, and after a line `=== NAME` another file. The line that is wrong ends in
/// `# error: CODE at TEXT`, where TEXT, or `column N`, is what the diagnostic points at. It is mended by what the
/// diagnostic's help says to write. Where the help leaves a choice, `# becomes: LINE` below it says what the line becomes
/// (nothing: it is removed), or `=== repaired NAME` what the file does. `# sql:` is run before, and `# destination:` is
/// what the destination says.
struct Mistake {
  var name: String
  var files: [String: String] = [:]
  var sql: [String] = []
  var destination = "{authorizer: wh, defaultSchema: public}"
  /// The diagnostic: `file:line:column: code`.
  var expected = ""
  private var place = (file: "", line: 0)
  private var replacement: [String]?
  private var repairedFiles: [String: String] = [:]

  /// The names of all files of a folder of fixtures, sorted.
  static func names(in folder: String) -> [String] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: fixtures.appending(path: folder).path)) ?? []
    return names.filter { $0.hasSuffix(".yaml") }.map { $0.replacing(".yaml", with: "") }.sorted()
  }

  private static let fixtures = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Fixtures")

  init(_ name: String, in folder: String) throws {
    self.name = name
    let path = Self.fixtures.appending(path: "\(folder)/\(name).yaml")
    var file = "flows.yaml"
    var lines: [String: [String]] = [:]
    for line in try String(contentsOf: path, encoding: .utf8).split(separator: "\n", omittingEmptySubsequences: false) {
      let line = String(line)
      if line.hasPrefix("=== ") {
        file = String(line.dropFirst(4))
      } else if let match = line.wholeMatch(of: /\s*# becomes:( (?<text>.*))?/) {
        replacement = (replacement ?? []) + (match.output.text.map { [String($0)] } ?? [])
      } else if line.hasPrefix("# sql: ") {
        sql.append(String(line.dropFirst(7)))
      } else if line.hasPrefix("# destination: ") {
        destination = String(line.dropFirst(15))
      } else if let match = line.wholeMatch(of: /(?<text>.*?)\s*# error: (?<code>[a-z0-9-]+) at (?<at>.*)/) {
        let text = String(match.output.text)
        place = (file, (lines[file]?.count ?? 0) + 1)
        expected = "\(file):\(place.line):\(Self.column(of: String(match.output.at), in: text)): \(match.output.code)"
        lines[file, default: []].append(text)
      } else {
        lines[file, default: []].append(line)
      }
    }
    for (name, lines) in lines {
      // The last line break stands before an empty last line, but for files that another one follows.
      let text = lines.joined(separator: "\n") + (lines.last == "" ? "" : "\n")
      if name.hasPrefix("repaired ") { repairedFiles[String(name.dropFirst(9))] = text } else { files[name] = text }
    }
  }

  /// Whether flows.yaml brings an authorizer of its own.
  var isComplete: Bool { files.values.contains { $0.contains(/(?m)^(authorizers?|connections):/) } }

  /// Whether the file says itself how it is mended.
  var saysRepair: Bool { replacement != nil || !repairedFiles.isEmpty }

  /// The files as they are mended by `help` of a diagnostic that stands at `range`; nothing where it says nothing to
  /// write.
  func repaired(by help: [String], code: String, at range: Repair.Range) -> [String: String]? {
    if !repairedFiles.isEmpty { return files.merging(repairedFiles) { $1 } }
    guard let text = files[range.file] else { return nil }
    var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    if let replacement {
      lines.replaceSubrange((place.line - 1)..<place.line, with: replacement)
    } else {
      guard Repair(help: help, code: code, range: range).apply(to: &lines) else { return nil }
    }
    return files.merging([range.file: lines.joined(separator: "\n")]) { $1 }
  }

  private static func column(of text: String, in line: String) -> Int {
    if let number = text.wholeMatch(of: /column ([0-9]+)/) { return Int(number.1) ?? 0 }
    guard let range = line.firstRange(of: text.replacing("→", with: "\t")) else { return 0 }
    return line[..<range.lowerBound].unicodeScalars.count + 1
  }
}
