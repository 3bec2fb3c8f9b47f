public import Catalog

/// A statement that gives privileges on one object to one role.
public struct Grant: Hashable, Sendable {
  public var object: Requirement.Object
  /// As GRANT lists them, in its order: `SELECT`, `INSERT (id, total)`; empty for membership in a role.
  public var privileges: [String]
  public var grantee: Identifier
  /// The addresses of the flows that need it, in order.
  public var flows: [String]

  /// The statement, with its semicolon. To run it again changes nothing.
  public var statement: String {
    let list = privileges.joined(separator: ", ")
    return switch object {
    case .database(let name): "GRANT \(list) ON DATABASE \(name.sql) TO \(grantee.sql);"
    case .schema(let name): "GRANT \(list) ON SCHEMA \(name.sql) TO \(grantee.sql);"
    case .table(let name): "GRANT \(list) ON \(name.sql) TO \(grantee.sql);"
    case .tables(let maker, let schema):
      "ALTER DEFAULT PRIVILEGES FOR ROLE \(maker.sql) IN SCHEMA \(schema.sql) GRANT \(list) ON TABLES TO \(grantee.sql);"
    case .role(let role): "GRANT \(role.sql) TO \(grantee.sql);"
    }
  }
}

extension Grant {
  /// The fewest statements that give all that `needs` asks for, sorted by what they are on.
  ///
  /// A privilege is left out where another that is given anyhow does as well.
  static func all(of needs: [(requirement: Requirement, grantee: Identifier, flow: String)]) -> [Grant] {
    struct Target: Hashable {
      var object: Requirement.Object
      var grantee: Identifier
    }
    var targets: [Target: [(requirement: Requirement, flow: String)]] = [:]
    for need in needs {
      targets[Target(object: need.requirement.object, grantee: need.grantee), default: []]
        .append((need.requirement, need.flow))
    }
    return targets.map { target, needs in
      let whole = Set(needs.map(\.requirement).filter { $0.columns.isEmpty }.map(\.privilege))
      let wanted = needs.filter { need in
        let isCovered = !need.requirement.columns.isEmpty && whole.contains(need.requirement.privilege)
        return !isCovered && whole.isDisjoint(with: need.requirement.alternatives)
      }
      var seen: Set<String> = [], flows: Set<String> = []
      let privileges = wanted.map(\.requirement)
        .sorted { ($0.privilege, $0.columns.sqlList) < ($1.privilege, $1.columns.sqlList) }
        .map(\.privilegeSQL).filter { seen.insert($0).inserted }
      let isRole = if case .role = target.object { true } else { false }
      return Grant(
        object: target.object, privileges: isRole ? [] : privileges, grantee: target.grantee,
        flows: needs.map(\.flow).filter { flows.insert($0).inserted })
    }.sorted { $0.object.order == $1.object.order ? $0.grantee < $1.grantee : $0.object.order < $1.object.order }
  }
}

extension Requirement.Object {
  /// From the widest to the narrowest, then by name.
  fileprivate var order: (Int, String, String) {
    switch self {
    case .role(let role): (0, "", role.sql)
    case .database(let name): (1, "", name.sql)
    case .schema(let name): (2, "", name.sql)
    case .table(let name): (3, name.schema.sql, name.name.sql)
    case .tables(let maker, let schema): (4, schema.sql, maker.sql)
    }
  }
}

extension [Requirement] {
  /// The statements that grant them to `role`; those of one object in one.
  func statements(to role: Identifier) -> [String] {
    Grant.all(of: map { ($0, role, "") }).map(\.statement)
  }
}
