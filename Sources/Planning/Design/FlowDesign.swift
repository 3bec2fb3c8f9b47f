public import Catalog
public import Manifests

/// A flow with all that follows from the manifests alone: its database, its table, its ledger.
///
/// A class, as it holds a whole flow and a whole destination: whoever looks at it copies nothing.
public final class FlowDesign: Sendable {
  /// Where the schema of a table's name comes from.
  public enum SchemaOrigin: Hashable, Sendable {
    /// It is written in the flow's `table:`.
    case written
    /// From the destination's `defaultSchema:`, which is written in the manifest.
    case destination
    /// From nothing but the rule that it is `dbo`.
    case rule
  }

  public let flow: Resource<Flow>
  public let destination: Resource<Destination>
  public let table: QualifiedName
  /// `table.sql`, which nearly all that is said of a flow holds.
  let tableSQL: String
  public let schemaOrigin: SchemaOrigin
  public let ledger: QualifiedName
  public let sources: [(name: String?, source: Source)]
  /// The key of the table that is read, as the flow's columns call it; known once that was looked at.
  let sourceKey: [Identifier]?
  /// Whether its source is looked into for columns once more, whatever was recorded.
  let isReinferred: Bool

  init(
    flow: Resource<Flow>, destination: Resource<Destination>, table: QualifiedName, schemaOrigin: SchemaOrigin,
    ledger: QualifiedName, sources: [(name: String?, source: Source)], sourceKey: [Identifier]? = nil,
    isReinferred: Bool = false
  ) {
    self.flow = flow
    self.destination = destination
    self.table = table
    tableSQL = table.sql
    self.schemaOrigin = schemaOrigin
    self.ledger = ledger
    self.sources = sources
    self.sourceKey = sourceKey
    self.isReinferred = isReinferred
  }

  /// The same design, once the key of the table that it reads is known.
  func reading(_ sourceKey: [Identifier]?) -> FlowDesign {
    sourceKey.map { copy(sourceKey: $0, isReinferred: isReinferred) } ?? self
  }

  /// The same design, whose source is looked into for columns once more.
  func reinferred() -> FlowDesign { copy(sourceKey: sourceKey, isReinferred: true) }

  private func copy(sourceKey: [Identifier]?, isReinferred: Bool) -> FlowDesign {
    FlowDesign(
      flow: flow, destination: destination, table: table, schemaOrigin: schemaOrigin, ledger: ledger, sources: sources,
      sourceKey: sourceKey, isReinferred: isReinferred)
  }

  /// The authorizer's name.
  public var authorizer: String { destination.spec.authorizer }
  /// The flow's address.
  public var address: Address { Address(.flow, flow.name) }
  /// The roles of `grantSelect`.
  var readers: [Identifier] { spec.grantSelect.map { Identifier($0) } }
  /// What the flow says.
  public var spec: Flow { flow.spec }
}

extension Project {
  /// The designs of all flows, by name; a flow whose references do not resolve has none.
  public func designs() -> [FlowDesign] {
    flows.keys.sorted().compactMap { flows[$0].flatMap(design) }
  }

  /// The design of `flow`; nothing where its references do not resolve or its table's name is no name.
  public func design(of flow: Resource<Flow>) -> FlowDesign? {
    guard let destination = destinations[flow.spec.destination] else { return nil }
    guard let written = flow.spec.table.map(WrittenName.init) ?? WrittenName(schema: nil, name: Identifier(flow.name))
    else { return nil }
    let table = written.qualified(default: Identifier(destination.spec.defaultSchema))
    let origin: FlowDesign.SchemaOrigin =
      written.schema != nil ? .written : destination.places.fields["defaultSchema"] != nil ? .destination : .rule
    let ledger = QualifiedName(
      schema: destination.spec.ledgerSchema.map { Identifier($0) } ?? table.schema, name: LedgerLayout.tableName)
    return FlowDesign(
      flow: flow, destination: destination, table: table, schemaOrigin: origin, ledger: ledger,
      sources: sources(of: flow.spec))
  }
}
