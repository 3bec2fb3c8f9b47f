internal import Diagnostics
internal import YAML

/// The variables' values, and their substitution.
struct Variables: Sendable {
  /// Nothing for a variable whose value is not known, which is reported where it is declared.
  private var values: [String: String?] = [:]
  private var names: [String] = []

  /// Chooses each variable's value: `--var`, the environment, `SLUICE_VAR_name`, its default.
  init(
    _ declarations: VariableDeclarations, environment: VariableDeclarations.Environment?, options: LoadOptions,
    _ diagnostics: inout [Diagnostic]
  ) {
    names = declarations.variables.map(\.name)
    // Without the environment that must be chosen, what any of them sets is open.
    let open = environment == nil ? Set(declarations.environments.flatMap { $0.settings.map(\.name) }) : []
    for variable in declarations.variables {
      let chosen =
        options.variables[variable.name] ?? environment?.settings.first { $0.name == variable.name }?.text
        ?? options.processEnvironment["SLUICE_VAR_\(variable.name)"]
      if let chosen {
        values[variable.name] = .some(chosen)
      } else if open.contains(variable.name) {
        values[variable.name] = .some(nil)
      } else if let text = variable.text {
        values[variable.name] = .some(text)
      } else {
        values[variable.name] = .some(nil)
        diagnostics.append(Self.notSet(variable))
      }
    }
    for name in options.variables.keys.sorted() where !names.contains(name) {
      diagnostics.append(.undefinedVariable(name, known: names, at: nil))
    }
  }

  private static func notSet(_ variable: VariableDeclarations.Setting) -> Diagnostic {
    Diagnostic(
      .error, "variable-not-set", "the variable `\(variable.name)` has no value", at: variable.place,
      help: ["give one with `--var \(variable.name)=...`, or set SLUICE_VAR_\(variable.name)"])
  }

  /// `node` with each `${name}` replaced by the variable's value, and each `$${` by `${`.
  func substitute(in node: Node, _ diagnostics: inout [Diagnostic]) -> Node {
    switch node.content {
    case .scalar(let scalar):
      guard let new = substitute(scalar, at: node.place, &diagnostics) else { return node }
      return Node(.scalar(new), at: node.place)
    case .sequence(let nodes):
      return Node(.sequence(nodes.map { substitute(in: $0, &diagnostics) }), at: node.place)
    case .mapping(let entries):
      return Node(.mapping(entries.map { substitute(in: $0, &diagnostics) }), at: node.place)
    }
  }

  private func substitute(in entry: Entry, _ diagnostics: inout [Diagnostic]) -> Entry {
    var entry = entry
    if let key = substitute(Scalar(entry.key, .quoted), at: entry.keyPlace, &diagnostics) { entry.key = key.text }
    entry.value = substitute(in: entry.value, &diagnostics)
    return entry
  }

  /// The scalar with variables replaced; nothing where it holds none.
  private func substitute(_ scalar: Scalar, at place: Place, _ diagnostics: inout [Diagnostic]) -> Scalar? {
    guard scalar.text.utf8.contains(UInt8(ascii: "$")), scalar.text.contains("${") else { return nil }
    var text = ""
    var style = Scalar.Style.substituted
    var rest = scalar.text[...]
    while let dollar = rest.firstIndex(of: "$") {
      text += rest[..<dollar]
      rest = rest[dollar...]
      if rest.hasPrefix("$${") {
        text += "${"
        rest = rest.dropFirst(3)
      } else if rest.hasPrefix("${") {
        let name = rest.dropFirst(2).prefix { $0 != "}" }
        let value = value(of: name, isClosed: name.endIndex < rest.endIndex, at: place, &diagnostics)
        if let value { text += value } else { style = .unknown }
        rest = rest[name.endIndex...].dropFirst()
      } else {
        text.append("$")
        rest = rest.dropFirst()
      }
    }
    return Scalar(text + rest, style)
  }

  private func value(
    of name: Substring, isClosed: Bool, at place: Place, _ diagnostics: inout [Diagnostic]
  ) -> String? {
    guard isClosed, VariableName.isValid(name) else {
      diagnostics.append(
        Diagnostic(
          .error, "invalid-variable", "`${` is not followed by a variable's name and `}`", at: place,
          help: ["write `${name}`, or `$${` for the two characters themselves"]))
      return nil
    }
    guard let value = values[String(name)] else {
      diagnostics.append(.undefinedVariable(String(name), known: names, at: place))
      return nil
    }
    return value
  }
}
