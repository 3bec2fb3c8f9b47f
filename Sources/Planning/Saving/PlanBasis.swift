internal import Catalog
internal import Diagnostics
internal import JSON
internal import Manifests

/// What a plan rests on, each part by a name that people know, with a number that changes when it does.
///
/// How many rows tables hold is no part of it.
public struct PlanBasis: Hashable, Sendable {
  /// By address: what is declared of it; `project` for the project's name.
  public var manifests: [String: String]
  /// By `table sales.orders of authorizer/wh` and the like: what was seen of it.
  public var observed: [String: String]

  /// Gathers what a plan of `scope` rests on.
  public init(scope: Scope, observation: Observation) {
    manifests = ["project": Self.number([scope.project.name])]
    observed = [:]
    let project = scope.project
    for address in project.addresses where scope.contains(address) {
      guard let spec = project.specJSON(of: address) else { continue }
      manifests[address.description] = Self.number([spec.text(.sorted), project.renamedFrom(of: address) ?? ""])
    }
    for (name, database) in observation.databases {
      let authorizer = Address(.authorizer, name).description
      switch database {
      case .reached(let live): observed[authorizer] = Self.number(live.server.facts)
      case .unreachable(let diagnostic): observed[authorizer] = Self.number([diagnostic.message])
      }
    }
    for design in scope.designs { add(design, observation) }
  }

  init(manifests: [String: String], observed: [String: String]) {
    self.manifests = manifests
    self.observed = observed
  }

  private mutating func add(_ design: FlowDesign, _ observation: Observation) {
    if let source = observation.sources[design.flow.name] {
      observed["source of \(design.address)"] = Self.number(source.facts)
    }
    for source in design.databaseSources { add(source, observation) }
    guard let live = observation.live(design.authorizer) else { return }
    let database = "of \(Address(.authorizer, design.authorizer))"
    for name in [design.table, design.ledger] {
      observed["table \(name.sql) \(database)"] = Self.number(live.tables[name]?.facts ?? ["missing"])
      let schema = live.schemas[name.schema]
      observed["schema \(name.schema.sql) \(database)"] = Self.number(schema?.facts ?? ["missing"])
    }
    for column in design.spec.columns?.columns ?? [] {
      observed["type \(column.type) \(database)"] = Self.number(["\(live.types[column.type] ?? .unknown(""))"])
    }
    if let lineages = live.lineages[design.ledger]?[design.flow.name] {
      observed["loads of \(design.address) in \(design.ledger.sql)"] = Self.number(lineages.sorted())
    }
  }

  /// A table as the catalog has it; a query by what it gives, and by the privileges on what it names.
  private mutating func add(_ source: PostgresSource, _ observation: Observation) {
    guard let live = observation.live(source.authorizer), let object = source.object else { return }
    let database = "of \(Address(.authorizer, source.authorizer))"
    func facts(_ name: QualifiedName) -> [String] {
      (live.tables[name]?.facts ?? ["missing"]) + (live.schemas[name.schema]?.facts ?? ["missing"])
    }
    switch object {
    case .table(let name): observed["\(object.words) \(database)"] = Self.number(facts(name))
    case .query(let text):
      let relations = QueryNames.pairs(in: text).sorted().filter { live.tables[$0] != nil }
      observed["\(object.words) \(database)"] = Self.number(
        (live.sources.queries[text]?.facts ?? ["missing"]) + relations.flatMap(facts))
    }
    guard let cursor = source.cursor else { return }
    let question = CursorQuestion(object: object, column: Identifier(cursor.column))
    observed["cursor \(cursor.column) of \(object.words) \(database)"] = Self.number([
      live.sources.unorderable[question] ?? "ordered"
    ])
  }

  private static func number(_ facts: [String]) -> String {
    String(stableHash(facts.joined(separator: "\u{1f}")), radix: 16)
  }
}

extension Server {
  fileprivate var facts: [String] {
    [
      identity, version, role.name, "\(isSuperuser)", databaseOwner.name, privileges.facts, "\(isInRecovery)",
      "\(isReadOnly)",
    ]
  }
}

extension Schema {
  fileprivate var facts: [String] { [name.name, owner.name, privileges.facts, readers.facts] }
}

extension Table {
  fileprivate var facts: [String] {
    let own: [String] = [
      kind.rawValue, "\(oid)", owner.name, "\(isOwned)", "\(hasRowSecurity)", privileges.facts,
      "\(maySelectBeGranted)", readers.facts, partitionColumns.map(\.sql).joined(separator: ","),
    ]
    let parts = partitions.flatMap { ["\($0.name.sql) of \($0.parent.sql)", $0.kind.rawValue, "\($0.isOwned)"] }
    return own + columns.flatMap(\.facts) + uniqueIndexes.flatMap(\.facts) + parts
  }
}

extension Column {
  fileprivate var facts: [String] {
    [
      name.name, type, "\(isNotNull)", defaultExpression ?? "", identity?.rawValue ?? "", "\(isGenerated)",
      privileges.facts,
    ]
  }
}

extension UniqueIndex {
  fileprivate var facts: [String] {
    [
      name.name, columns.map(\.sql).joined(separator: ","), "\(isPrimary)", "\(isValid)", "\(isImmediate)",
      "\(isPartial)", "\(hasExpressions)",
    ]
  }
}

extension SourceObservation {
  fileprivate var facts: [String] {
    switch self {
    case .fields(let fields): fields.flatMap { [$0.name, $0.type] }
    case .unreadable(let diagnostics): diagnostics.map(\.code)
    }
  }
}

extension SourceObject {
  fileprivate var words: String {
    switch self {
    case .table(let name): "source \(name.sql)"
    case .query(let text): "source query \(String(stableHash(text), radix: 16))"
    }
  }
}

extension QueryObservation {
  fileprivate var facts: [String] {
    let fault: String =
      switch problem {
      case .refused(let refusal): refusal.sqlState
      case .takesParameters: "parameters"
      case .givesNothing: "nothing"
      case .changes: "changes"
      case .notFoundOut: "unknown"
      case nil: ""
      }
    return [fault] + columns.flatMap { [$0.name, $0.type] }
  }
}

extension Set<Privilege> {
  fileprivate var facts: String { sorted().map(\.rawValue).joined(separator: ",") }
}

extension Set<Identifier> {
  fileprivate var facts: String { sorted().map(\.sql).joined(separator: ",") }
}
