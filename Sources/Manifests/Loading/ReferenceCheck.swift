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
    for (_, flow) in project.flows { check(flow, &found) }
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
          help: suggestions(for: name, in: names.names(of: kind), called: kind.mapName),
          related: [RelatedPlace("\(other.rawValue)/\(name)", at: otherPlace)]))
      return
    }
    let known = names.names(of: kind)
    found.append(
      Diagnostic(
        .error, "unknown-reference", "there is no \(kind.rawValue) `\(name)`", at: place,
        help: known.isEmpty
          ? ["there are no \(kind.mapName) at all"] : suggestions(for: name, in: known, called: kind.mapName)))
  }
}

extension Kind {
  /// `a flow`, `an authorizer`.
  var withArticle: String { self == .authorizer ? "an authorizer" : "a \(rawValue)" }
}
