public import Catalog
public import Diagnostics
internal import JSON
public import Manifests
public import State

extension Project {
  /// The authorizers in whose databases flows read many tables.
  public var authorizersOfManyTables: Set<String> {
    Set(flows.values.compactMap { manyTables(of: $0.spec)?.authorizer })
  }

  /// The source of a flow that stands for many: one for each table that it names.
  private func manyTables(of flow: Flow) -> PostgresSource? {
    guard let (_, source) = sources(of: flow).first, case .postgres(let source) = source, source.tables != nil else {
      return nil
    }
    return source
  }

  /// The project with a flow for each table in place of those that read many.
  ///
  /// - Parameters:
  ///   - tables: the tables of each database that was looked at, by authorizer; of any other, those count that were
  ///     recorded.
  ///   - state: what was applied.
  /// - Throws: `name-clash` for tables that would have a flow of one name.
  public func expanded(
    _ tables: [String: [QualifiedName]], recorded state: AppliedState?
  ) throws(Failure) -> Project {
    var project = self
    var expansions: [String: [String]] = [:]
    var clashes: [Diagnostic] = []
    for flow in flows.values.sorted(by: { $0.name < $1.name }) {
      guard let source = manyTables(of: flow.spec) else { continue }
      project.flows[flow.name] = nil
      var origins: [String: QualifiedName] = [:]
      let found = tables[source.authorizer] ?? Self.recorded(flow.name, source, in: state)
      for (table, choice) in source.chosen(among: found) {
        let one = flow.reading(table, choice, of: source)
        if let other = origins[one.name] {
          clashes.append(.nameClash(one, "tables \(other.sql) and \(table.sql) of flow/\(flow.name)"))
        } else if project.flows[one.name] != nil {
          clashes.append(.nameClash(one, "table \(table.sql) of flow/\(flow.name), and the flow of that name,"))
        }
        origins[one.name] = table
        project.flows[one.name] = one
      }
      expansions[flow.name] = origins.keys.sorted()
    }
    guard clashes.isEmpty else { throw Failure(clashes) }
    guard !expansions.isEmpty else { return self }
    for (name, flow) in project.flows where flow.spec.after.contains(where: { expansions[$0] != nil }) {
      project.flows[name]?.spec.after = Set(flow.spec.after.flatMap { expansions[$0] ?? [$0] }).sorted()
    }
    return project
  }

  /// The tables for which the state has flows of the one called `name`.
  private static func recorded(_ name: String, _ source: PostgresSource, in state: AppliedState?) -> [QualifiedName] {
    (state?.resources ?? [:]).compactMap { address, resource in
      guard address.hasPrefix("flow/\(name)."), let from = resource.spec["source"],
        from["authorizer"]?.stringValue == source.authorizer
      else { return nil }
      return from["table"]?.stringValue.flatMap { WrittenName($0) }?.qualified(default: PostgresSource.defaultSchema)
    }
  }
}

extension PostgresSource {
  /// The tables that are read of those in the database, and those that are named one by one in any case, sorted; each with
  /// what is said of it: by its name, else by the pattern with the most letters that fits.
  func chosen(among found: [QualifiedName]) -> [(QualifiedName, TableChoice)] {
    var exact: [QualifiedName: TableChoice] = [:]
    var patterns: [(pattern: Glob, choice: TableChoice)] = []
    for choice in tables ?? [] {
      if choice.isPattern {
        let pattern = choice.pattern.contains(".") ? choice.pattern : "public.\(choice.pattern)"
        patterns.append((Glob(ofNames: pattern), choice))
      } else if let name = WrittenName(choice.pattern) {
        exact[name.qualified(default: Self.defaultSchema)] = choice
      }
    }
    patterns.sort { ($1.choice.literals, $0.choice.pattern) < ($0.choice.literals, $1.choice.pattern) }
    var chosen = exact
    for table in found where exact[table] == nil {
      chosen[table] = patterns.first { $0.pattern.matches(name: "\(table.schema.name).\(table.name.name)") }?.choice
    }
    return chosen.filter { !$0.value.isSkipped }.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
  }
}

extension TableChoice {
  /// Whether it stands for any number of tables.
  var isPattern: Bool { pattern.contains { $0 == "*" || $0 == "?" } }
  fileprivate var literals: Int { pattern.count { $0 != "*" && $0 != "?" } }
}

extension Resource<Flow> {
  /// The flow of one of its tables.
  fileprivate func reading(
    _ table: QualifiedName, _ choice: TableChoice, of source: PostgresSource
  ) -> Resource<Flow> {
    var flow = self
    let part = table.name.name.lowercased().map { "abcdefghijklmnopqrstuvwxyz0123456789_.-".contains($0) ? $0 : "_" }
    flow.name = "\(name).\(String(part))"
    flow.metadata.renamedFrom = metadata.renamedFrom.map { "\($0).\(String(part))" }
    var one = source
    one.tables = nil
    one.table = WrittenName(schema: table.schema, name: table.name).text
    one.cursor = choice.cursor ?? source.cursor
    flow.spec.inputs = [Flow.NamedInput(name: nil, input: .inline(.postgres(one)))]
    flow.spec.table = WrittenName(spec.table ?? "{table}").map { table.filled(in: $0).text }
    if let key = choice.key { flow.spec.key = key }
    let place = places.fields["source.tables.\(choice.pattern)"] ?? places.fields["source"]
    if let place { flow.places.fields.add("source.table", place) }
    return flow
  }
}

extension QualifiedName {
  /// `written` with the name and the schema in their places.
  fileprivate func filled(in written: WrittenName) -> WrittenName {
    func filled(_ part: Identifier) -> Identifier {
      Identifier(part.name.replacing("{table}", with: name.name).replacing("{schema}", with: schema.name))
    }
    return WrittenName(schema: written.schema.map(filled), name: filled(written.name))
  }
}

extension Diagnostic {
  fileprivate static func nameClash(_ flow: Resource<Flow>, _ words: String) -> Diagnostic {
    Diagnostic(
      .error, "name-clash", "\(words) would both be flow/\(flow.name)",
      at: flow.places.place(of: "source.table", "source"),
      help: ["write `skip` for one of the two, and read it by a flow of its own"])
  }
}
