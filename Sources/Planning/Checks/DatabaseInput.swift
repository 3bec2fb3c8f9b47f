internal import Catalog
internal import Diagnostics
internal import Manifests
internal import State

/// A source in a database, as one flow reads it, with what was seen there.
struct DatabaseInput {
  /// What a flow's steps call it.
  var name: String
  var source: PostgresSource
  var object: SourceObject
  /// The database; nothing where it was not reached.
  var live: LiveDatabase?
  /// Where the source is written: a resource of its own, or the flow.
  var places: Places
  /// What stands before its fields' paths there: `source.`, or nothing.
  var prefix: String

  /// What people call it.
  var words: String {
    switch object {
    case .table(let name): "\(source.authorizer).\(name.sql)"
    case .query: "the query on \(source.authorizer)"
    }
  }

  /// The table that is read, where that is one and exists.
  var table: Table? { if case .table(let name) = object { live?.tables[name] } else { nil } }
  /// What was seen of the query, where it is one.
  var query: QueryObservation? { if case .query(let text) = object { live?.sources.queries[text] } else { nil } }

  /// The names and types of its fields, as its database has them; nothing where they are not known.
  var columns: [(name: String, type: String)]? {
    switch object {
    case .table:
      guard let table, table.kind.canBeRead else { return nil }
      return table.columns.map { ($0.name.name, $0.type) }
    case .query:
      guard let query, query.problem == nil || isUncertain, !query.columns.isEmpty, duplicateNames.isEmpty else {
        return nil
      }
      return query.columns.map { ($0.name, $0.type) }
    }
  }

  /// Its fields as the columns of a table take them; nothing where they are not known.
  ///
  /// - Parameter destination: the database that they go to. Types that are not PostgreSQL's own are no types of another
  ///   database: there such a field is text.
  func fields(goingTo destination: LiveDatabase?) -> [SourceField]? {
    guard let columns else { return nil }
    let isSameDatabase = destination.map { $0.server.identity == live?.server.identity } ?? false
    return columns.map { name, type in
      let isForeign = !isSameDatabase && schemaPart(ofType: type) != nil
      return SourceField(
        name: name, type: isForeign ? "text" : type,
        origin: "column of \(words)" + (isForeign ? ", where it is \(type)" : ""))
    }
  }

  /// Whether nobody knows if the query can be run.
  var isUncertain: Bool { if case .notFoundOut = query?.problem { true } else { false } }

  /// The names that more than one column of the query has.
  var duplicateNames: [String] {
    var counts: [String: Int] = [:]
    for column in query?.columns ?? [] { counts[column.name, default: 0] += 1 }
    return counts.filter { $0.value > 1 }.keys.sorted()
  }

  /// The relations that it reads, those of system schemas left out: everybody may read what is there to read.
  var relations: [Table] {
    guard let live else { return [] }
    let tables: [Table] =
      switch object {
      case .table: [table].compactMap { $0 }.filter(\.kind.canBeRead)
      case .query(let text): QueryNames.pairs(in: text).sorted().compactMap { live.tables[$0] }.filter(\.kind.canBeRead)
      }
    return tables.filter { live.schemas[$0.name.schema] != nil }
  }

  /// Where the first of these fields of the source stands.
  func place(of fields: String...) -> Place {
    for field in fields { if let place = places.fields[prefix + field] { return place } }
    return places.fields[String(prefix.dropLast())] ?? places.resource
  }
}

extension RelationKind {
  /// Whether rows can be read from it.
  var canBeRead: Bool {
    switch self {
    case .table, .partitionedTable, .view, .materializedView, .foreignTable: true
    case .sequence, .index, .partitionedIndex, .compositeType, .toastTable: false
    }
  }
}

extension Observation {
  /// The sources of a flow that are in databases.
  func databaseInputs(of design: FlowDesign, in project: Project) -> [DatabaseInput] {
    design.spec.inputs.compactMap { input in
      let source: Source, places: Places, prefix: String
      switch input.input {
      case .inline(let inline): (source, places, prefix) = (inline, design.flow.places, "\(input.path).")
      case .named(let name):
        guard let named = project.sources[name] else { return nil }
        (source, places, prefix) = (named.spec, named.places, "")
      }
      guard case .postgres(let source) = source, let object = source.object else { return nil }
      return DatabaseInput(
        name: design.spec.name(of: input), source: source, object: object, live: live(source.authorizer),
        places: places, prefix: prefix)
    }
  }
}

extension Observation {
  /// What all sources of a flow hold together, those outside of databases first; nothing where nobody looked. Where one in
  /// a database cannot be read, that is said by checks of its own.
  func sourceObservation(of design: FlowDesign, inputs: [DatabaseInput]) -> SourceObservation? {
    let observed = sources[design.flow.name]
    if !design.spec.transform.isEmpty {
      if case .unreadable = observed { return observed }
      return madeFields(of: design)
    }
    if inputs.isEmpty || isOffline { return observed }
    var fields: [SourceField] = []
    if design.sources.count > inputs.count {
      guard case .fields(let others) = observed else { return observed }
      fields = others
    }
    for input in inputs {
      guard let found = input.fields(goingTo: live(design.authorizer)) else {
        return input.isUncertain ? nil : .unreadable([])
      }
      fields.unite(with: found)
    }
    return .fields(fields)
  }
}

extension PlanMaker {
  /// The fields of a flow's sources, to be recorded; nothing where nobody looked.
  func sourceFields(of design: FlowDesign, inputs: [DatabaseInput]) -> [AppliedField]? {
    guard !observation.isOffline else { return nil }
    if !design.spec.transform.isEmpty {
      return observation.transforms[design.flow.name]?.transformation?.columns.map {
        AppliedField(name: $0.name, type: $0.type)
      }
    }
    var fields: [AppliedField] = []
    if design.sources.count > inputs.count {
      guard case .fields(let others)? = observation.sources[design.flow.name] else { return nil }
      fields = others.map { AppliedField(name: $0.name) }
    }
    for input in inputs {
      guard let columns = input.columns else { return nil }
      let names = Set(fields.map(\.name))
      fields += columns.filter { !names.contains($0.name) }.map { AppliedField(name: $0.name, type: $0.type) }
    }
    return fields
  }
}

extension FlowDesign {
  /// Where a load into a table that is new to the flow starts; nothing where all is read in any case.
  var cursorStart: String {
    let starts = databaseSources.compactMap(\.cursor).map {
      "the cursor \($0.column) starts at \($0.initial ?? "the beginning")"
    }
    return starts.map { "; \($0)" }.joined()
  }
}

extension Flow.NamedInput {
  fileprivate var path: String { name.map { "sources.\($0)" } ?? "source" }
}
