internal import Diagnostics
internal import Manifests

extension PlanMaker {
  /// What a flow asks for that this version cannot do: never done by halves, never passed over.
  func unsupported(_ design: FlowDesign) -> [Finding] {
    var asked: [(what: String, field: String)] = []
    for (_, source) in design.sources {
      switch source {
      case .program: asked.append(("programs as sources", "source.command"))
      case .files, .rows, .postgres: break
      }
    }
    return asked.map { what, field in
      Finding(
        check: Check(.sourceReadable, .failed, "\(what) cannot be used yet"),
        diagnostic: Diagnostic(
          .error, "not-supported", "this version of Sluice does not support \(what) yet",
          at: design.flow.places.place(of: field, "source", "sources")),
        cause: "unsupported \(what) \(design.flow.name)")
    }
  }
}
