internal import Diagnostics
internal import JSON
internal import OrderedCollections
internal import YAML

/// A map of declared fields: the form of a resource's spec, and of maps within one.
struct Record<Model: Sendable>: Sendable {
  /// What people call it: `a flow`.
  let words: String
  let fields: [Field<Model>]
  /// A model of nothing but defaults.
  let empty: @Sendable () -> Model
  /// Looks at fields side by side.
  let check: @Sendable (Model, Given, inout Reading) -> Void
  private let positions: [String: Int]
  /// The positions of fields that are required.
  private let required: [Int]
  /// Fields that this version knows of, and refuses.
  private let unsupported: Set<String>

  init(
    _ words: String, _ empty: @escaping @Sendable () -> Model, _ fields: [Field<Model>], unsupported: Set<String> = [],
    check: @escaping @Sendable (Model, Given, inout Reading) -> Void = { _, _, _ in }
  ) {
    precondition(fields.count <= 64, "`Given` counts with 64 bits")
    self.words = words
    self.empty = empty
    self.fields = fields
    self.unsupported = unsupported
    self.check = check
    positions = Dictionary(uniqueKeysWithValues: fields.enumerated().map { ($1.name, $0) })
    required = fields.indices.filter { fields[$0].isRequired }
  }

  /// The names of all fields, as declared.
  var names: [String] { fields.map(\.name) }

  /// Whether there is such a field.
  func has(_ name: String) -> Bool { positions[name] != nil }

  /// Reads a map's entries; what cannot be read is reported and keeps its default.
  ///
  /// - Parameter others: which fields of the same map somebody else reads.
  func read(
    _ entries: [Entry], at place: Place, _ reading: inout Reading, others: OtherFields = .none
  ) -> Model {
    let isPartial = reading.isPartial
    reading.isPartial = false
    defer { reading.isPartial = isPartial }

    var model = empty()
    var given = Given(positions, place: place)
    for entry in entries {
      guard let position = positions[entry.key] else {
        unknown(entry, &given, &reading, others)
        continue
      }
      let errors = reading.errorCount
      let isRead = reading.member(entry.key, at: entry.value.place) { fields[position].read(entry.value, &$0, &model) }
      given.insert(position, isBroken: !isRead || reading.errorCount > errors)
    }
    if !isPartial {
      for index in required { reading.require([fields[index].name], given, in: words, fields[index].example) }
      // In the canonical form all defaults stand written, those too that would not go with the rest.
      if !reading.isRecorded { check(model, given, &reading) }
    }
    return model
  }

  /// The canonical form: every field that has a value, sorted by name.
  func write(_ model: Model) -> [String: JSONValue] {
    var members: [String: JSONValue] = [:]
    for index in fields.indices { members[fields[index].name] = fields[index].write(model) }
    return members
  }

  /// Whether the record's fields stand among `members` as `write` gives them; the number of those that do.
  ///
  /// - Returns: nothing where they do not. Members that are no fields are for the caller to judge.
  func written(_ model: Model, in members: OrderedDictionary<String, JSONValue>) -> Int? {
    var count = 0
    // By index, as a field is too large to be copied in each turn.
    for index in fields.indices {
      let member = members[fields[index].name]
      guard fields[index].isWritten(model, member) else { return nil }
      if member != nil { count += 1 }
    }
    return count
  }

  private func unknown(_ entry: Entry, _ given: inout Given, _ reading: inout Reading, _ others: OtherFields) {
    if others.contain(entry.key) { return }
    guard !unsupported.contains(entry.key) else {
      given.hasUnsupported = true
      reading.report(.notSupported("`\(entry.key)`", at: entry.keyPlace))
      return
    }
    if let near = nearest(to: entry.key, in: names) { given.mistyped.insert(near) }
    reading.report(.unknownField(entry.key, in: words, known: names + others.names, at: entry.keyPlace))
  }
}

/// Fields of a map that are none of a record's and yet no mistake, as somebody else reads them.
enum OtherFields {
  case none
  case named(Set<String>)
  case all

  func contain(_ name: String) -> Bool {
    switch self {
    case .none: false
    case .named(let names): names.contains(name)
    case .all: true
    }
  }

  /// Those that have names, sorted.
  var names: [String] { if case .named(let names) = self { names.sorted() } else { [] } }
}

/// Which fields of a record are written, and which of them could be read.
struct Given {
  /// Where the record stands.
  let place: Place
  /// Whether there is a field that this version does not support: what it would say is not known.
  var hasUnsupported = false
  /// Fields that were probably meant by others that do not exist: not to be missed as well.
  var mistyped: Set<String> = []
  private let positions: [String: Int]
  private var written: UInt64 = 0
  private var broken: UInt64 = 0

  init(_ positions: [String: Int], place: Place) {
    self.positions = positions
    self.place = place
  }

  mutating func insert(_ position: Int, isBroken: Bool) {
    written |= 1 << UInt64(position)
    if isBroken { broken |= 1 << UInt64(position) }
  }

  /// Whether the field is there, readable or not.
  func isWritten(_ name: String) -> Bool { positions[name].map { written & 1 << UInt64($0) != 0 } ?? false }

  /// Whether the field is there and could not be read: nothing follows from its value.
  func isBroken(_ name: String) -> Bool { positions[name].map { broken & 1 << UInt64($0) != 0 } ?? false }
}

extension Shape {
  /// A map of declared fields, as a value.
  static func record(_ record: Record<Value>) -> Shape {
    Shape(
      record.words, schema: record.schema(requiring: true), takesVariable: false, members: .of(record)
    ) { node, reading in
      guard case .mapping(let entries) = node.content else {
        reading.wrongType(node, wants: record.words)
        return nil
      }
      return record.read(entries, at: node.place, &reading)
    } write: { value in
      JSONValue(sorted: record.write(value))
    } isWritten: { value, json in
      guard let members = json.objectValue else { return false }
      return record.written(value, in: members) == members.count
    }
  }
}

extension Diagnostic {
  static func missing(_ name: String, in words: String, at place: Place, help: [String] = []) -> Diagnostic {
    Diagnostic(.error, "missing-field", "\(words) needs `\(name)`", at: place, help: help)
  }

  static func unknownField(_ name: String, in words: String, known: [String], at place: Place) -> Diagnostic {
    Diagnostic(
      .error, "unknown-field", "\(words) has no field `\(name)`", at: place,
      help: suggestions(for: name, in: known, called: "fields"))
  }

  static func notSupported(_ what: String, at place: Place) -> Diagnostic {
    Diagnostic(.error, "not-supported", "\(what) is not supported by this version of sluice", at: place)
  }
}
