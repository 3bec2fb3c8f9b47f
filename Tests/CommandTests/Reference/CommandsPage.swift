import JSON

/// The reference's page of commands, made of the command line's own help.
enum CommandsPage {
  /// - Parameter help: what `sluice --experimental-dump-help` prints.
  static func page(_ help: JSONValue) -> String {
    let root = help["command"] ?? .null
    let all = commands(below: root, path: "sluice")
    // Options that nearly all commands have are described once.
    var uses: [String: Int] = [:]
    for (_, command) in all { for argument in arguments(of: command) { uses[name(of: argument), default: 0] += 1 } }
    let common = Set(uses.filter { $0.value * 2 > all.count }.keys)
    var lines = ["# Commands", "", "What each command does, and its options.", "", "## Common options", ""]
    var known: Set<String> = []
    for argument in all.flatMap({ arguments(of: $0.command) }) where common.contains(name(of: argument)) {
      if known.insert(name(of: argument)).inserted { lines.append(describe(argument)) }
    }
    for (path, command) in all {
      lines += ["", "## \(path)", "", command["abstract"]?.stringValue ?? "", ""]
      let text = (command["discussion"]?.stringValue ?? "").split(separator: "\n", omittingEmptySubsequences: false)
      lines += paragraphs(text.map(String.init))
      lines += arguments(of: command).filter { !common.contains(name(of: $0)) }.map(describe)
    }
    return lines.joined(separator: "\n") + "\n"
  }

  /// Indented lines are commands to type.
  private static func paragraphs(_ text: [String]) -> [String] {
    var lines: [String] = []
    var isBlock = false
    for line in text {
      if line.hasPrefix("  ") != isBlock {
        lines += isBlock ? ["```", ""] : ["", "```sh only-parsed"]
        isBlock.toggle()
      }
      lines.append(isBlock ? String(line.dropFirst(2)) : line)
    }
    if isBlock { lines.append("```") }
    return text == [""] ? [] : lines + [""]
  }

  private static func commands(below command: JSONValue, path: String) -> [(path: String, command: JSONValue)] {
    (command["subcommands"]?.arrayValue ?? []).flatMap { child -> [(path: String, command: JSONValue)] in
      let name = child["commandName"]?.stringValue ?? ""
      guard name != "help", child["shouldDisplay"] != false else { return [] }
      let below = commands(below: child, path: "\(path) \(name)")
      return below.isEmpty ? [("\(path) \(name)", child)] : below
    }
  }

  private static func arguments(of command: JSONValue) -> [JSONValue] {
    (command["arguments"]?.arrayValue ?? []).filter { $0["shouldDisplay"] != false }
  }

  private static func name(of argument: JSONValue) -> String {
    let value = argument["valueName"]?.stringValue ?? ""
    guard argument["kind"] != "positional" else { return value.uppercased() }
    let names = (argument["names"]?.arrayValue ?? []).map { name in
      (name["kind"] == "long" ? "--" : "-") + (name["name"]?.stringValue ?? "")
    }
    return names.joined(separator: ", ") + (argument["kind"] == "option" ? " \(value.uppercased())" : "")
  }

  private static func describe(_ argument: JSONValue) -> String {
    var words = [argument["abstract"]?.stringValue ?? ""]
    let values = argument["allValues"]?.strings ?? []
    if !values.isEmpty { words.append("Values: \(values.map { "`\($0)`" }.joined(separator: ", ")).") }
    if let value = argument["defaultValue"]?.stringValue { words.append("Default: `\(value)`.") }
    return "- `\(name(of: argument))`: \(words.filter { !$0.isEmpty }.joined(separator: " "))"
  }
}
