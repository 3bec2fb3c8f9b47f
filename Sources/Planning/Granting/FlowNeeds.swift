public import Catalog
internal import Manifests

/// What one flow needs to be granted, where it writes and where it reads.
public struct FlowNeeds: Sendable {
  /// One privilege, in the form in which it would be granted.
  public struct Need: Hashable, Sendable {
    public var requirement: Requirement
    /// The role that it is granted to.
    public var grantee: Identifier
    /// Whether the role has it, by whatever way.
    public var isMet: Bool
  }

  /// The flow's address.
  public var address: String
  /// The authorizer's name.
  public var authorizer: String
  /// What apply and run need, as things are.
  public var needs: [Need]
  /// What is missing to run once somebody else has done what apply would do.
  public var missingOnceMade: [Need]
  /// What it needs to read its sources, by authorizer.
  public var sources: [String: [Need]] = [:]
  /// The authorizers of those of its sources that are queries of which nothing tells the tables.
  public var unknownQueries: Set<String> = []

  /// What is to be granted in the database of `authorizer`.
  func needs(of authorizer: String) -> [Need] {
    (authorizer == self.authorizer ? needs : []) + (sources[authorizer] ?? [])
  }
}

extension FlowNeeds {
  /// - Parameter observed: the database as it is, without what earlier steps make.
  init(_ context: FlowContext, observed: LiveDatabase) {
    address = context.design.address.description
    authorizer = context.design.authorizer
    needs = context.requirements.filter { $0.canBeGranted(in: observed) }.compactMap { requirement in
      Need(requirement, in: context.live)
    }
    let later = context.onceMadeByAnother(observed)
    missingOnceMade = later.requirements.compactMap { Need($0, in: later.live) }.filter { !$0.isMet }
    for input in context.inputs {
      guard let live = input.live else { continue }
      sources[input.source.authorizer, default: []] += context.requirements(of: input).compactMap { Need($0, in: live) }
      if case .query = input.object, input.relations.isEmpty { unknownQueries.insert(input.source.authorizer) }
    }
  }
}

extension FlowNeeds.Need {
  /// Nothing for what a role has as the owner: that is not granted.
  fileprivate init?(_ requirement: Requirement, in live: LiveDatabase) {
    isMet = requirement.isMet(in: live)
    if isMet, requirement.grantee == .role, case .table(let name) = requirement.object,
      live.tables[name]?.owner == live.server.role
    {
      return nil
    }
    self.requirement = requirement.asGranted(in: live)
    grantee =
      switch requirement.grantee {
      case .login: live.server.login
      case .role: live.server.role
      case .reader(let reader): reader
      }
  }
}

extension Requirement {
  /// Whether there is something to grant it on.
  fileprivate func canBeGranted(in live: LiveDatabase) -> Bool {
    switch object {
    case .database, .role: true
    case .schema(let name), .tables(_, let name): live.schemas[name] != nil
    case .table(let name): live.tables[name] != nil
    }
  }

  /// The privilege as it is best granted: as a rule on the whole object, which is how people read grants; on single
  /// columns, or as another that does as well, where that is how the role has it.
  fileprivate func asGranted(in live: LiveDatabase) -> Requirement {
    if let missing = missing(in: live) { return missing }
    var granted = self
    granted.columns = []
    guard grantee == .role, case .table(let name) = object, let table = live.tables[name],
      !table.privileges.contains(privilege)
    else { return granted }
    if let other = alternatives.first(where: { table.privileges.contains($0) }) {
      granted.privilege = other
      granted.alternatives = []
    } else {
      granted.columns = columns
    }
    return granted
  }
}

extension FlowContext {
  /// The same flow, when somebody else has made what it wants, and granted nothing yet.
  fileprivate func onceMadeByAnother(_ observed: LiveDatabase) -> FlowContext {
    var later = live
    let privileges: Set<Privilege> = live.server.isSuperuser ? Set(Privilege.allCases) : []
    if observed.tables[design.ledger] == nil {
      later.tables[design.ledger] = Table(
        name: design.ledger, owner: "", isOwned: false, columns: [], privileges: privileges)
    }
    later.tables[design.table] = operations.reduce(table) { $1.result(on: $0, by: live.server.role) }
    if observed.tables[design.table] == nil {
      later.tables[design.table]?.owner = ""
      later.tables[design.table]?.isOwned = false
      later.tables[design.table]?.maySelectBeGranted = false
      later.tables[design.table]?.privileges = privileges
    }
    for schema in [design.table.schema, design.ledger.schema] where live.schemas[schema] == nil {
      later.schemas[schema] = Schema(name: schema, owner: "", privileges: privileges)
    }
    return FlowContext(
      design: design, recorded: recorded, live: SeenDatabase(later), source: source, resolution: resolution,
      operations: [])
  }
}
