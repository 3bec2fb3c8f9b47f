internal import Diagnostics

/// Looks for what resources name: whether it is there, of the right kind, and no flow waits for itself.
struct ReferenceCheck {
  let project: Project
  let names: DeclaredNames

  func diagnostics() -> [Diagnostic] {
    var found: [Diagnostic] = []
    for (_, authorizer) in project.authorizers {
      check(authorizer.spec.tunnel, .tunnel, at: "tunnel", authorizer.places, &found)
    }
    for (_, source) in project.sources { check(source.spec, at: "authorizer", source.places, &found) }
    for (_, destination) in project.destinations {
      check(destination.spec.authorizer, .authorizer, at: "authorizer", destination.places, &found)
    }
    for (_, flow) in project.flows {
      check(flow, &found)
      found += RangeCheck(project: project).diagnostics(of: flow)
    }
    return found + AfterCycles(flows: project.flows).diagnostics()
  }

  private func check(_ flow: Resource<Flow>, _ found: inout [Diagnostic]) {
    check(flow.spec.destination, .destination, at: "destination", flow.places, &found)
    for (index, name) in flow.spec.after.enumerated() { check(name, .flow, at: "after[\(index)]", flow.places, &found) }
    for input in flow.spec.inputs {
      let path = input.name.map { "sources.\($0)" } ?? "source"
      switch input.input {
      case .inline(.files), .inline(.rows), .inline(.program): break
      case .inline(let source): check(source, at: "\(path).authorizer", flow.places, &found)
      case .named(let name):
        check(name, .source, at: path, flow.places, &found)
        if flow.spec.deleteMissing, let source = project.sources[name] { checkWhole(source, flow, &found) }
      }
    }
  }

  private func check(_ source: Source, at path: String, _ places: Places, _ found: inout [Diagnostic]) {
    guard case .postgres(let source) = source else { return }
    check(source.authorizer, .authorizer, at: path, places, &found)
  }

  /// `deleteMissing` and a source that is read in parts; an inline one is seen with the flow.
  private func checkWhole(_ source: Resource<Source>, _ flow: Resource<Flow>, _ found: inout [Diagnostic]) {
    guard let reason = FlowCheck.partial(source.spec) else { return }
    found.append(
      Diagnostic(
        .error, "conflicting-fields",
        "`deleteMissing` wants all rows of the source, and \(reason) of source/\(source.name) leaves some out",
        at: flow.places.place(of: "deleteMissing"), help: ["remove one of the two"],
        related: [RelatedPlace("because of this", at: source.places.place(of: reason.field))]))
  }

  /// Reports `name`, which stands at `path`, unless there is such a resource of `kind`.
  private func check(
    _ name: String?, _ kind: Kind, at path: String, _ places: Places, _ found: inout [Diagnostic]
  ) {
    guard let name, !name.isEmpty, names.place(of: kind, name) == nil, names.isComplete else { return }
    let place = places.place(of: path)
    for other in Kind.allCases.sorted() {
      guard let otherPlace = names.place(of: other, name) else { continue }
      found.append(
        Diagnostic(
          .error, "wrong-kind", "`\(name)` is \(other.withArticle), and this wants \(kind.withArticle)", at: place,
          help: help(for: name, of: kind, meaning: other),
          related: [RelatedPlace("\(other.rawValue)/\(name)", at: otherPlace)]))
      return
    }
    let known = names.names(of: kind)
    found.append(
      Diagnostic(
        .error, "unknown-reference", "there is no \(kind.rawValue) `\(name)`", at: place,
        help: file(name, kind, path)
          ?? (known.isEmpty
            ? ["there are no \(kind.mapName) at all; one is declared as `\(kind.mapName): {\(name): {...}}`"]
            : help(for: name, in: known, kind))
      ))
  }

  /// What to write where `name`, which is of the kind `other`, stands for a resource of `kind`.
  private func help(for name: String, of kind: Kind, meaning other: Kind) -> [String] {
    let twins: [String] =
      switch (kind, other) {
      case (.destination, .authorizer): project.destinations.filter { $1.spec.authorizer == name }.keys.sorted()
      case (.authorizer, .destination): project.destinations[name].map { [$0.spec.authorizer] } ?? []
      default: []
      }
    let known = names.names(of: kind)
    if kind == .destination, other == .authorizer, known.isEmpty {
      return ["write a destination: `destinations: {\(name): {authorizer: \(name)}}`"]
    }
    let rest = suggestions(for: name, in: known, called: kind.mapName)
    guard twins.count == 1 else { return rest }
    return ["did you mean `\(twins[0])`?"] + rest.filter { !$0.hasPrefix("did you mean ") }
  }

  /// The nearest name, that behind an address's kind included, as in `destination/wh`; and the list of them.
  private func help(for name: String, in known: [String], _ kind: Kind) -> [String] {
    let rest = suggestions(for: name, in: known, called: kind.mapName)
    for prefix in [kind.rawValue, kind.mapName] where name.hasPrefix(prefix) {
      let bare = name.dropFirst(prefix.count)
      guard let mark = bare.first, "/.:".contains(mark), known.contains(String(bare.dropFirst())) else { continue }
      return ["did you mean `\(bare.dropFirst())`?"] + rest.filter { !$0.hasPrefix("did you mean ") }
    }
    return rest
  }

  /// What to write where the path of a file stands for a source.
  private func file(_ name: String, _ kind: Kind, _ path: String) -> [String]? {
    let endings = [".csv", ".tsv", ".json", ".jsonl", ".ndjson", ".gz", ".zst", ".txt"]
    guard kind == .source, endings.contains(where: { name.lowercased().hasSuffix($0) }) else { return nil }
    let field = path.split(separator: ".").last ?? "source"
    return ["write `\(field): {path: \(WrittenValue.text(name))}`"]
  }
}

extension Kind {
  /// `a flow`, `an authorizer`.
  var withArticle: String { self == .authorizer ? "an authorizer" : "a \(rawValue)" }
}
