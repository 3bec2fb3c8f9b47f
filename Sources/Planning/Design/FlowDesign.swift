public import Catalog
public import Manifests

/// A flow with all that follows from the manifests alone: its database, its table, its ledger.
public struct FlowDesign: Sendable {
  /// Where the schema of a table's name comes from.
  public enum SchemaOrigin: Hashable, Sendable {
    /// It is written in the flow's `table:`.
    case written
    /// From the destination's `defaultSchema:`, which is written in the manifest.
    case destination
    /// From nothing but the rule that it is `dbo`.
    case rule
  }

  public var flow: Resource<Flow>
  public var destination: Resource<Destination>
  /// The authorizer's name.
  public var authorizer: String
  public var table: QualifiedName
  public var schemaOrigin: SchemaOrigin
  public var ledger: QualifiedName
  public var sources: [(name: String?, source: Source)]

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
      flow: flow, destination: destination, authorizer: destination.spec.authorizer, table: table,
      schemaOrigin: origin, ledger: ledger, sources: sources(of: flow.spec))
  }
}
