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
  let positions: [String: Int]
  /// The positions of fields that are required.
  private let required: [Int]

  init(
    _ words: String, _ empty: @escaping @Sendable () -> Model, _ fields: [Field<Model>],
    check: @escaping @Sendable (Model, Given, inout Reading) -> Void = { _, _, _ in }
  ) {
    precondition(fields.count <= 64, "`Given` counts with 64 bits")
    self.words = words
    self.empty = empty
    self.fields = fields
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
      for index in required { reading.require([fields[index].name], given, in: words) { example(of: $0) } }
      // In the canonical form all defaults stand written, those too that would not go with the rest.
      if !reading.isRecorded, !given.hasMergeKey { check(model, given, &reading) }
    }
    return model
  }

  /// A value for the field `name` as it would stand in a manifest.
  func example(of name: String) -> String? { positions[name].flatMap { fields[$0].example } }

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
  /// Fields that were probably meant by others that do not exist: not to be missed as well.
  var mistyped: Set<String> = []
  /// Whether there is a merge key, which may have been meant to bring any field.
  var hasMergeKey = false
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

  /// Whether the field is there, or meant to be, and could not be read: nothing follows from its value.
  func isBroken(_ name: String) -> Bool {
    mistyped.contains(name) || positions[name].map { broken & 1 << UInt64($0) != 0 } ?? false
  }

  /// Whether nothing is there that is the field, or was meant to be.
  func isMissing(_ name: String) -> Bool { !isWritten(name) && !mistyped.contains(name) && !hasMergeKey }
}

extension Shape {
  /// A map of declared fields, as a value.
  static func record(_ record: Record<Value>) -> Shape {
    Shape(
      record.words, schema: record.schema(requiring: true), takesVariable: false, members: .of(record)
    ) { node, reading in
      guard case .mapping(let entries) = node.content else {
        let words = record.words.contains(" ") ? record.words : "a map of fields"
        reading.wrongType(node, wants: words, instead: record.map(holding: node, reading))
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
