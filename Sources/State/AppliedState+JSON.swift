internal import Diagnostics
public import JSON
internal import OrderedCollections

extension AppliedState {
  /// The state file's content.
  func json(_ layout: StateLayout) -> JSONValue {
    [
      "version": .int(layout.version), "lineage": .string(lineage), "serial": .int(serial),
      "resources": .object(OrderedDictionary(uniqueKeysWithValues: resources.lazy.map { ($0.key, $0.value.json) })),
    ]
  }

  /// Reads the state file's content, of this layout or an older one.
  init(json: JSONValue, file: String, layout: StateLayout) throws(Failure) {
    guard json.objectValue != nil else { throw Failure(.damagedState(file, "it is no JSON object")) }
    guard let version = json["version"]?.intValue, version > 0 else {
      throw Failure(.damagedState(file, "it has no `version`"))
    }
    guard version <= layout.version else { throw Failure(.newerState(file, version, known: layout.version)) }
    guard let json = layout.migrate(json, from: version) else {
      throw Failure(.damagedState(file, "it is not of layout \(version), as its `version` says"))
    }
    guard let lineage = json["lineage"]?.stringValue, let serial = json["serial"]?.intValue,
      let members = json["resources"]?.objectValue
    else { throw Failure(.damagedState(file, "`lineage`, `serial` or `resources` is missing")) }
    var resources: [String: AppliedResource] = [:]
    resources.reserveCapacity(members.count)
    for (address, value) in members {
      guard let resource = AppliedResource(json: value) else {
        throw Failure(.damagedState(file, "the entry \"\(address)\" is not complete"))
      }
      resources[address] = resource
    }
    self.init(lineage: lineage, serial: serial, resources: resources)
  }
}

extension AppliedResource {
  /// The entry in the state file; what is not known is left out.
  public var json: JSONValue {
    var members: OrderedDictionary<String, JSONValue> = ["appliedAt": .string(appliedAt), "spec": spec]
    if let table { members["table"] = .string(table) }
    if let columns { members["columns"] = .array(columns.map(\.json)) }
    if let sourceFields { members["sourceFields"] = .array(sourceFields.map(\.json)) }
    if let inputs {
      let all = inputs.sorted { $0.key < $1.key }.map { ($0.key, JSONValue.array($0.value.map(\.json))) }
      members["inputs"] = .object(OrderedDictionary(uniqueKeysWithValues: all))
    }
    if let key { members["key"] = .array(key.map { .string($0) }) }
    if let server { members["server"] = .string(server) }
    if let relationOID { members["oid"] = .int(relationOID) }
    if !formerNames.isEmpty { members["formerNames"] = .array(formerNames.map { .string($0) }) }
    return .object(members)
  }

  /// Reads an entry; nothing where one of its members is missing, or of another kind than it should be.
  init?(json: JSONValue) {
    guard case .object(let members) = json, let spec = members["spec"],
      let appliedAt = members["appliedAt"]?.stringValue
    else { return nil }
    do {
      self.init(
        spec: spec, table: try members.optional("table", \.stringValue),
        columns: try members.optional("columns") { try $0.all(AppliedColumn.init) },
        key: try members.optional("key") { try $0.all(\.stringValue) },
        server: try members.optional("server", \.stringValue), relationOID: try members.optional("oid", \.intValue),
        formerNames: try members.optional("formerNames") { try $0.all(\.stringValue) } ?? [], appliedAt: appliedAt)
      sourceFields = try members.optional("sourceFields") { try $0.all(AppliedField.init) }
      inputs = try members.optional("inputs") { value in
        guard case .object(let sources) = value else { throw WrongMember() }
        return Dictionary(uniqueKeysWithValues: try sources.map { ($0.key, try $0.value.all(AppliedField.init)) })
      }
    } catch { return nil }
  }
}

extension AppliedField {
  fileprivate var json: JSONValue {
    var members: OrderedDictionary<String, JSONValue> = ["name": .string(name)]
    if let type { members["type"] = .string(type) }
    return .object(members)
  }

  fileprivate init?(json: JSONValue) {
    guard case .object(let members) = json, let name = members["name"]?.stringValue else { return nil }
    do { self.init(name: name, type: try members.optional("type", \.stringValue)) } catch { return nil }
  }
}

extension AppliedColumn {
  fileprivate var json: JSONValue {
    var members: OrderedDictionary<String, JSONValue> = [
      "name": .string(name), "type": .string(type), "from": .string(from), "nullable": .bool(nullable),
    ]
    if let `default` { members["default"] = .string(`default`) }
    return .object(members)
  }

  fileprivate init?(json: JSONValue) {
    guard case .object(let members) = json, let name = members["name"]?.stringValue,
      let type = members["type"]?.stringValue, let from = members["from"]?.stringValue,
      let nullable = members["nullable"]?.boolValue
    else { return nil }
    do {
      self.init(
        name: name, type: type, from: from, nullable: nullable,
        default: try members.optional("default", \.stringValue))
    } catch { return nil }
  }
}

/// A member that is there, but not what it should be.
private struct WrongMember: Error {}

extension OrderedDictionary<String, JSONValue> {
  /// The member called `key` as `read` takes it; nothing where there is none.
  fileprivate func optional<Member>(_ key: String, _ read: (JSONValue) throws -> Member?) throws -> Member? {
    guard let member = self[key] else { return nil }
    guard let value = try read(member) else { throw WrongMember() }
    return value
  }
}

extension JSONValue {
  /// An array's elements as `read` takes them.
  fileprivate func all<Element>(_ read: (JSONValue) -> Element?) throws -> [Element] {
    guard case .array(let elements) = self else { throw WrongMember() }
    return try elements.map { element in
      guard let value = read(element) else { throw WrongMember() }
      return value
    }
  }
}

extension Diagnostic {
  /// A state file that cannot be understood, and must not be overwritten.
  static func damagedState(_ file: String, _ what: String, at place: Place? = nil) -> Diagnostic {
    Diagnostic(
      .error, "state-damaged", "the state \(file) is damaged: \(what)", at: place,
      help: [
        "nothing was changed: bring back a good copy (\(file).backup is the one before the last apply)",
        "or move it away, with its backup and journal: the next apply adopts the tables that exist",
      ])
  }

  /// A state file of a layout that only a newer version of Sluice knows.
  static func newerState(_ file: String, _ version: Int, known: Int) -> Diagnostic {
    Diagnostic(
      .error, "state-newer", "\(file) has layout \(version); this version of Sluice knows \(known)",
      help: ["use the version of Sluice that wrote it, or a newer one"])
  }
}
