internal import Diagnostics
public import JSON
internal import OrderedCollections

extension AppliedState {
  /// The state file's content.
  var json: JSONValue {
    [
      "version": .int(Self.currentVersion), "lineage": .string(lineage), "serial": .int(serial),
      "resources": .object(
        OrderedDictionary(uniqueKeysWithValues: resources.mapValues(\.json).map { ($0.key, $0.value) })),
    ]
  }

  /// Reads the state file's content.
  init(json: JSONValue, file: String) throws(Failure) {
    guard let version = json["version"]?.intValue else {
      throw Failure(.damagedState(file, "it has no `version`"))
    }
    guard version <= Self.currentVersion else {
      throw Failure(
        Diagnostic(
          .error, "state-newer", "\(file) has layout \(version); this version of Sluice knows \(Self.currentVersion)",
          help: ["use the version of Sluice that wrote it, or a newer one"]))
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
    if let key { members["key"] = .array(key.map { .string($0) }) }
    if let server { members["server"] = .string(server) }
    if let relationOID { members["oid"] = .int(relationOID) }
    if !formerNames.isEmpty { members["formerNames"] = .array(formerNames.map { .string($0) }) }
    return .object(members)
  }

  init?(json: JSONValue) {
    guard let spec = json["spec"], let appliedAt = json["appliedAt"]?.stringValue else { return nil }
    self.init(
      spec: spec, table: json["table"]?.stringValue,
      columns: json["columns"]?.arrayValue?.compactMap(AppliedColumn.init),
      key: json["key"]?.arrayValue?.compactMap(\.stringValue), server: json["server"]?.stringValue,
      relationOID: json["oid"]?.intValue,
      formerNames: (json["formerNames"]?.arrayValue ?? []).compactMap(\.stringValue),
      appliedAt: appliedAt)
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
    guard let name = json["name"]?.stringValue, let type = json["type"]?.stringValue,
      let from = json["from"]?.stringValue, let nullable = json["nullable"]?.boolValue
    else { return nil }
    self.init(name: name, type: type, from: from, nullable: nullable, default: json["default"]?.stringValue)
  }
}

extension Diagnostic {
  /// A state file that cannot be understood, and must not be overwritten.
  static func damagedState(_ file: String, _ what: String, at place: Place? = nil) -> Diagnostic {
    Diagnostic(
      .error, "state-damaged", "the state \(file) is damaged: \(what)", at: place,
      help: [
        "nothing was changed: bring back a good copy (\(file).backup is the one before the last apply)",
        "or move it away: the next apply adopts the tables that exist",
      ])
  }
}
