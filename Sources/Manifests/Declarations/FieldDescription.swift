public import JSON
internal import OrderedCollections

/// A field of a kind, or of a map within one, for people.
public struct FieldDescription: Hashable, Sendable {
  /// Its name.
  public var name: String
  /// What it is for, in one sentence.
  public var summary: String
  /// What it wants: `a whole number from 1 to 65535`.
  public var words: String
  /// Whether it must be written.
  public var isRequired: Bool
  /// What it is where nothing is written, in the canonical form of the state.
  public var defaultValue: JSONValue?
  /// A value as it would stand in a manifest.
  public var example: String?
  /// The sources that have it; nothing for the other kinds.
  public var variant: String?
  /// The values that it takes, where they are few and have names.
  public var choices: [String] = []
  /// The fields within it, where its value is, or may be, a map of them.
  public var members: [FieldDescription] = []
  /// Whether names of the user's choosing stand before those fields, as in `columns.total.type`.
  public var membersAreNamed = false
}

/// The fields within a value that is, or may be, a map: told only when asked for, as few commands do.
struct Members: Sendable {
  /// Whether names of the user's choosing stand before them.
  var areNamed = false
  let fields: @Sendable () -> [FieldDescription]

  /// A value that is no map of declared fields.
  static let none = Members { [] }

  /// Those of a record.
  static func of<Model>(_ record: Record<Model>) -> Members { Members { record.descriptions(of: nil) } }

  /// Those of each entry of a map with free names.
  static func named(_ fields: @escaping @Sendable () -> [FieldDescription]) -> Members {
    Members(areNamed: true, fields: fields)
  }
}

extension Record {
  /// The fields for people.
  func descriptions(of variant: String?) -> [FieldDescription] {
    let model = empty()
    return fields.map { field in
      FieldDescription(
        name: field.name, summary: field.summary, words: field.words, isRequired: field.isRequired,
        defaultValue: field.isRequired ? nil : field.write(model), example: field.example, variant: variant,
        choices: field.schema.choices, members: field.members.fields(), membersAreNamed: field.members.areNamed)
    }
  }
}

extension JSONValue {
  /// The texts that a schema lists, in any of its alternatives.
  fileprivate var choices: [String] {
    if let texts = self["enum"]?.arrayValue { return texts.compactMap(\.stringValue) }
    return self["anyOf"]?.arrayValue?.flatMap(\.choices) ?? []
  }
}
