internal import Diagnostics

/// Looks whether a flow's `range:` and the placeholders of its sources' queries go together.
struct RangeCheck {
  let project: Project

  /// A query of the flow, with where it is written.
  private struct Query {
    /// What the query's text holds of days; nothing where it holds none.
    var placeholders: Range<Int>?
    var text: String
    var place: Place
    /// Where the flow names its source, where that is a resource of its own.
    var named: Place?
  }

  func diagnostics(of flow: Resource<Flow>) -> [Diagnostic] {
    guard let queries = queries(of: flow) else { return [] }
    let ranged = queries.filter { $0.placeholders != nil }
    if let range = flow.places.fields["range"] {
      // A path template has a range of its own.
      guard ranged.isEmpty, flow.spec.range != nil else { return [] }
      return [unused(flow, at: range)]
    }
    return ranged.map(missing)
  }

  /// The queries that the flow reads; nothing where not all of its sources could be read.
  private func queries(of flow: Resource<Flow>) -> [Query]? {
    var queries: [Query] = []
    for input in flow.spec.inputs {
      let path = input.name.map { "sources.\($0)" } ?? "source"
      let source: Source, places: Places, prefix: String
      switch input.input {
      case .inline(let inline): (source, places, prefix) = (inline, flow.places, "\(path).")
      case .named(let name):
        guard let named = project.sources[name] else { return nil }
        (source, places, prefix) = (named.spec, named.places, "")
      }
      guard case .postgres(let postgres) = source, let place = places.fields[prefix + "query"] else { continue }
      guard let query = postgres.query else { return nil }
      queries.append(
        Query(
          placeholders: postgres.template?.firstPlaceholder, text: query, place: place,
          named: prefix.isEmpty ? flow.places.place(of: path) : nil))
    }
    return flow.spec.inputs.isEmpty ? nil : queries
  }

  private func missing(for query: Query) -> Diagnostic {
    let placeholder = query.place.part(query.placeholders ?? 0..<query.text.unicodeScalars.count, of: query.text)
    return Diagnostic(
      .error, "range-missing", "the query asks for the days of a range, and the flow has no `range`",
      at: query.named ?? placeholder,
      help: ["write `range: 7d1` on the flow: from seven days ago to one day ago, both included"],
      related: query.named == nil ? [] : [RelatedPlace("because of this", at: placeholder)])
  }

  private func unused(_ flow: Resource<Flow>, at place: Place) -> Diagnostic {
    var help = ["write `{{start}}` and `{{end}}` in the source's query, or remove `range`"]
    let hasTemplate = flow.spec.inputs.contains { input in
      switch input.input {
      case .inline(.files(let source)): source.template != nil
      case .named(let name):
        if case .files(let source) = project.sources[name]?.spec { source.template != nil } else { false }
      default: false
      }
    }
    if hasTemplate { help = ["a path has its own range, within its braces: remove `range`"] }
    return Diagnostic(
      .error, "range-unused", "`range` says nothing, as no query of the flow has `{{start}}` or `{{end}}`", at: place,
      help: help)
  }
}
