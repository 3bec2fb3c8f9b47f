public import Catalog

/// A privilege that a flow cannot be planned, applied or run without.
///
/// Which ones those are is said once, by `FlowContext.requirements`: the checks look whether each is met, and `grants`
/// prints the statements that give them.
public struct Requirement: Hashable, Sendable {
  /// What the privilege is on.
  public enum Object: Hashable, Sendable {
    case database(Identifier)
    case schema(Identifier)
    case table(QualifiedName)
    /// Tables that another role has yet to make.
    case tables(of: Identifier, in: Identifier)
    /// Membership in a role.
    case role(Identifier)
  }

  /// Who needs it.
  public enum Grantee: Hashable, Sendable {
    /// The role that connects.
    case login
    /// The role that statements run as: the authorizer's `role`, else the login role.
    case role
    /// A role of a flow's `grantSelect`.
    case reader(Identifier)

    /// The reader.
    var reader: Identifier? { if case .reader(let role) = self { role } else { nil } }
  }

  public var object: Object
  /// For a role, USAGE stands for membership.
  public var privilege: Privilege
  /// The columns that it is needed on: to have it on each of them is as good. Empty: it is needed on the whole object.
  public var columns: [Identifier]
  /// Privileges on the whole object that do as well.
  public var alternatives: [Privilege]
  public var grantee: Grantee
  /// The check that fails without it.
  public var check: Check.ID

  /// Makes a requirement.
  public init(
    _ privilege: Privilege, on object: Object, columns: [Identifier] = [], orElse alternatives: [Privilege] = [],
    to grantee: Grantee = .role, check: Check.ID
  ) {
    self.object = object
    self.privilege = privilege
    self.columns = columns
    self.alternatives = alternatives
    self.grantee = grantee
    self.check = check
  }

  /// Whether `live` says that it is granted, by whatever way. Who connects has what connecting needs.
  public func isMet(in live: LiveDatabase) -> Bool {
    switch (grantee, object) {
    case (.login, _), (_, .role): return true
    case (.reader(let reader), .table(let name)): return live.tables[name]?.readers.contains(reader) ?? false
    case (.reader(let reader), .schema(let name)): return live.schemas[name]?.readers.contains(reader) ?? false
    case (.reader, .database), (.reader, .tables): return true
    case (.role, .database): return privilege == .connect || live.server.privileges.contains(privilege)
    case (.role, .schema(let name)): return live.schemas[name]?.privileges.contains(privilege) ?? false
    case (.role, .tables(let maker, let schema)):
      let granted = live.schemas[schema]?.defaultPrivileges[maker] ?? []
      return granted.contains(privilege) || !granted.isDisjoint(with: alternatives)
    case (.role, .table(let name)):
      guard let table = live.tables[name] else { return false }
      return table.grants(privilege, on: columns) || !table.privileges.isDisjoint(with: alternatives)
    }
  }

  /// What of it `live` says is not granted; nothing where all of it is.
  ///
  /// A role that works by privileges on single columns lacks single columns, any other one the privilege as a whole.
  public func missing(in live: LiveDatabase) -> Requirement? {
    if isMet(in: live) { return nil }
    var missing = self
    missing.columns = []
    if case .table(let name) = object, let table = live.tables[name], table.grantsColumns {
      missing.columns = columns.filter { table.column($0)?.privileges.contains(privilege) != true }
    }
    return missing
  }

  /// The privilege as GRANT has it: `DELETE`, `INSERT (id, total)`.
  public var privilegeSQL: String {
    columns.isEmpty ? privilege.rawValue : "\(privilege.rawValue) (\(columns.sqlList))"
  }
}

extension Table {
  /// Whether the role may do on some column what it may not do on the whole table.
  fileprivate var grantsColumns: Bool { columns.contains { !$0.privileges.isSubset(of: privileges) } }
}
