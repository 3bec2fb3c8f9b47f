internal import Diagnostics
internal import JSON
internal import OrderedCollections
internal import YAML

/// What one of the five kinds of resource says.
public protocol Specification: Equatable, Sendable {
  /// The kind.
  static var kind: Kind { get }
  /// Its fields.
  static var declaration: Declaration<Self> { get }
}

/// All that is known of a kind's fields, from one place.
public struct Declaration<Spec: Sendable>: Sendable {
  /// The fields, those of every kind left out, in the order in which they are explained.
  public var fields: [FieldDescription] { describe() }

  /// What people call a resource of this kind: `a flow`.
  let words: String
  private let describe: @Sendable () -> [FieldDescription]
  let read: @Sendable ([Entry], Place, inout Reading, Set<String>) -> Spec?
  let write: @Sendable (Spec) -> [String: JSONValue]
  /// `Record.written`.
  let written: @Sendable (Spec, OrderedDictionary<String, JSONValue>) -> Int?
  /// Whether a default for the field of this name has a meaning beside the entries of a resource.
  let mayDefault: @Sendable (String, [Entry]) -> Bool
  /// The JSON Schema, with further properties.
  let schema: @Sendable ([String: JSONValue]) -> JSONValue

  init(
    words: String, fields: @escaping @Sendable () -> [FieldDescription],
    read: @escaping @Sendable ([Entry], Place, inout Reading, Set<String>) -> Spec?,
    write: @escaping @Sendable (Spec) -> [String: JSONValue],
    written: @escaping @Sendable (Spec, OrderedDictionary<String, JSONValue>) -> Int?,
    mayDefault: @escaping @Sendable (String, [Entry]) -> Bool,
    schema: @escaping @Sendable ([String: JSONValue]) -> JSONValue
  ) {
    self.words = words
    describe = fields
    self.read = read
    self.write = write
    self.written = written
    self.mayDefault = mayDefault
    self.schema = schema
  }

  /// A kind whose fields are those of one record.
  init(_ record: Record<Spec>) {
    self.init(
      words: record.words, fields: { record.descriptions(of: nil) },
      read: { entries, place, reading, sharing in record.read(entries, at: place, &reading, others: .named(sharing)) },
      write: { record.write($0) }, written: { record.written($0, in: $1) }, mayDefault: { _, _ in true },
      schema: { record.schema(requiring: false, and: $0) })
  }
}

extension Kind {
  /// The fields of a resource of this kind: its own, then those that every kind has.
  public var fields: [FieldDescription] {
    let own =
      switch self {
      case .authorizer: Authorizer.declaration.fields
      case .tunnel: Tunnel.declaration.fields
      case .source: Source.declaration.fields
      case .destination: Destination.declaration.fields
      case .flow: Flow.declaration.fields
      }
    return own + Metadata.record.descriptions(of: nil)
  }
}

extension Record {
  /// The JSON Schema of the map.
  ///
  /// - Parameters:
  ///   - requiring: whether required fields must be written here; a resource may have them from `defaults:`.
  ///   - additional: schemas of fields that somebody else reads.
  func schema(requiring: Bool, and additional: [String: JSONValue] = [:]) -> JSONValue {
    let model = empty()
    var properties = additional
    for field in fields { properties[field.name] = field.schema(default: field.isRequired ? nil : field.write(model)) }
    var members: [String: JSONValue] = [
      "title": .string(words), "type": "object", "properties": JSONValue(sorted: properties),
      "additionalProperties": false,
    ]
    let required = fields.filter(\.isRequired).map { JSONValue.string($0.name) }
    if requiring, !required.isEmpty { members["required"] = .array(required) }
    return JSONValue(sorted: members)
  }
}

extension Field {
  /// The JSON Schema of the field, with what an editor shows beside it.
  func schema(default value: JSONValue?) -> JSONValue {
    guard var members = schema.objectValue else { return schema }
    members["title"] = .string(words)
    members["description"] = .string(summary)
    if let value, value != [], value != .object([:]) { members["default"] = value }
    if let example { members["examples"] = [InlineValue(yaml: example).json] }
    return .object(members)
  }
}
