internal import Catalog
internal import Manifests

/// Which role makes a ledger that several authorizers of one database share: it is made once, by the first authorizer
/// (by name) whose role may make tables in its schema.
struct LedgerMakers {
  private struct Maker {
    var authorizer: String
    var role: Identifier
    var mayCreate: Bool

    func comes(before other: Maker) -> Bool {
      mayCreate == other.mayCreate ? authorizer < other.authorizer : mayCreate
    }
  }

  /// By database.
  private var makers: [String: [QualifiedName: Maker]] = [:]

  init(of designs: [FlowDesign], in databases: [String: SeenDatabase]) {
    for design in designs {
      guard let live = databases[design.authorizer]?.database, live.tables[design.ledger] == nil else { continue }
      let maker = Maker(
        authorizer: design.authorizer, role: live.server.role,
        mayCreate: live.schemas[design.ledger.schema]?.privileges.isSuperset(of: [.usage, .create]) == true)
      let known = makers[live.server.identity]?[design.ledger]
      if known.map({ maker.comes(before: $0) }) ?? true {
        makers[live.server.identity, default: [:]][design.ledger] = maker
      }
    }
  }

  /// The role that makes `ledger`, where that is another one to the role of `live`.
  func otherRole(making ledger: QualifiedName, in live: LiveDatabase) -> Identifier? {
    guard let role = makers[live.server.identity]?[ledger]?.role, !live.server.hasRights(of: role) else { return nil }
    return role
  }

  /// `seen`, with the ledger of `design` where another role makes it.
  func found(by design: FlowDesign, in seen: SeenDatabase) -> SeenDatabase {
    guard !makers.isEmpty, let role = otherRole(making: design.ledger, in: seen.database) else { return seen }
    var live = seen.database
    live.tables[design.ledger] = Table(name: design.ledger, owner: role, isOwned: false, columns: [])
      .seen(by: live, madeBy: role)
    return SeenDatabase(live)
  }
}
