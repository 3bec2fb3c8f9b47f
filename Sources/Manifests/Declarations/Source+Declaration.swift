internal import Diagnostics
internal import JSON
internal import OrderedCollections
internal import YAML

extension Source: Specification {
  public static var kind: Kind { .source }

  /// What a source is follows from the one of these fields that it has.
  enum Variant: String, CaseIterable {
    case path, authorizer, rows, command

    var names: [String] {
      switch self {
      case .path: FileSource.record.names
      case .authorizer: PostgresSource.record.names
      case .rows: RowsSource.record.names
      case .command: ProgramSource.record.names
      }
    }

    func has(_ name: String) -> Bool {
      switch self {
      case .path: FileSource.record.has(name)
      case .authorizer: PostgresSource.record.has(name)
      case .rows: RowsSource.record.has(name)
      case .command: ProgramSource.record.has(name)
      }
    }
  }

  public static let declaration = Declaration<Source>(
    words: "a source",
    fields: {
      FileSource.record.descriptions(of: "files") + PostgresSource.record.descriptions(of: "a database")
        + RowsSource.record.descriptions(of: "rows") + ProgramSource.record.descriptions(of: "a program")
    },
    read: read, write: write, written: written,
    mayDefault: { name, entries in
      guard let variant = variants(in: entries).first else { return true }
      return variant.has(name)
    },
    schema: { additional in
      .object([
        "anyOf": [
          FileSource.record.schema(requiring: false, and: additional),
          PostgresSource.record.schema(requiring: false, and: additional),
          RowsSource.record.schema(requiring: false, and: additional),
          ProgramSource.record.schema(requiring: false, and: additional),
        ]
      ])
    })

  /// A source within a flow.
  static let inline = Shape<Source>(
    "a source",
    schema: [
      "anyOf": [
        FileSource.record.schema(requiring: true), PostgresSource.record.schema(requiring: true),
        RowsSource.record.schema(requiring: true), ProgramSource.record.schema(requiring: true),
      ]
    ], takesVariable: false, members: Members { declaration.fields }
  ) { node, reading in
    guard case .mapping(let entries) = node.content else {
      reading.wrongType(node, wants: "a source")
      return nil
    }
    return read(entries, node.place, &reading, [])
  } write: {
    JSONValue(sorted: write($0))
  } isWritten: { source, json in
    guard let members = json.objectValue else { return false }
    return written(source, in: members) == members.count
  }

  private static func variants(in entries: [Entry]) -> [Variant] {
    Variant.allCases.filter { variant in entries.contains { $0.key == variant.rawValue } }
  }

  @Sendable private static func read(
    _ entries: [Entry], _ place: Place, _ reading: inout Reading, _ sharing: Set<String>
  ) -> Source? {
    if reading.isPartial {
      readPartially(entries, place, &reading, sharing)
      return nil
    }
    let found = variants(in: entries)
    guard let variant = found.first else {
      undecided(entries, place, &reading, sharing)
      return nil
    }
    let strangers = foreign(entries, to: variant, &reading)
    let own = entries.filter { !strangers.contains($0.key) }
    switch variant {
    case .path: return .files(FileSource.record.read(own, at: place, &reading, others: .named(sharing)))
    case .authorizer: return .postgres(PostgresSource.record.read(own, at: place, &reading, others: .named(sharing)))
    case .rows: return .rows(RowsSource.record.read(own, at: place, &reading, others: .named(sharing)))
    case .command: return .program(ProgramSource.record.read(own, at: place, &reading, others: .named(sharing)))
    }
  }

  /// Reports the fields that belong to another kind of source than `variant`; returns their names.
  private static func foreign(_ entries: [Entry], to variant: Variant, _ reading: inout Reading) -> Set<String> {
    var names: Set<String> = []
    for entry in entries where !variant.has(entry.key) {
      guard let other = Variant.allCases.first(where: { $0.has(entry.key) }) else { continue }
      names.insert(entry.key)
      let own = entries.first { $0.key == variant.rawValue }
      reading.report(
        Diagnostic(
          .error, "conflicting-fields", "a source with `\(variant.rawValue)` has no `\(entry.key)`", at: entry.keyPlace,
          help: [
            entry.key == other.rawValue
              ? "a source has one of `path`, `authorizer`, `rows` and `command`"
              : "`\(entry.key)` belongs to a source with `\(other.rawValue)`"
          ], related: own.map { [RelatedPlace("because of this", at: $0.keyPlace)] } ?? []))
    }
    return names
  }

  private static func undecided(
    _ entries: [Entry], _ place: Place, _ reading: inout Reading, _ sharing: Set<String>
  ) {
    let known = Set(Variant.allCases.flatMap(\.names)).union(sharing)
    let strangers = entries.filter { !known.contains($0.key) }
    for entry in strangers { unknown(entry, known, &reading) }
    guard strangers.isEmpty else { return }
    if let field = ["table", "query", "tables", "cursor"].first(where: { name in entries.contains { $0.key == name } })
    {
      let diagnostic = Diagnostic.missing(
        "authorizer", in: "a source with `\(field)`", at: place, help: ["write `authorizer: crm`, with its name"])
      reading.report(diagnostic)
      return
    }
    reading.report(
      Diagnostic(
        .error, "missing-field", "a source needs one of `path`, `authorizer`, `rows` and `command`", at: place,
        help: ["write `path: data/orders.csv`"]))
  }

  private static func unknown(_ entry: Entry, _ known: Set<String>, _ reading: inout Reading) {
    reading.report(.unknownField(entry.key, in: "a source", known: known.sorted(), at: entry.keyPlace))
  }

  /// Reads each field as whatever source has it: `defaults:` are for all of them.
  private static func readPartially(
    _ entries: [Entry], _ place: Place, _ reading: inout Reading, _ sharing: Set<String>
  ) {
    for entry in entries where !sharing.contains(entry.key) {
      switch Variant.allCases.first(where: { $0.has(entry.key) }) {
      case .path: _ = FileSource.record.read([entry], at: place, &reading)
      case .authorizer: _ = PostgresSource.record.read([entry], at: place, &reading)
      case .rows: _ = RowsSource.record.read([entry], at: place, &reading)
      case .command: _ = ProgramSource.record.read([entry], at: place, &reading)
      case nil: unknown(entry, Set(Variant.allCases.flatMap(\.names)).union(sharing), &reading)
      }
    }
  }

  @Sendable private static func write(_ source: Source) -> [String: JSONValue] {
    switch source {
    case .files(let source): FileSource.record.write(source)
    case .postgres(let source): PostgresSource.record.write(source)
    case .rows(let source): RowsSource.record.write(source)
    case .program(let source): ProgramSource.record.write(source)
    }
  }

  @Sendable private static func written(_ source: Source, in members: OrderedDictionary<String, JSONValue>) -> Int? {
    switch source {
    case .files(let source): FileSource.record.written(source, in: members)
    case .postgres(let source): PostgresSource.record.written(source, in: members)
    case .rows(let source): RowsSource.record.written(source, in: members)
    case .program(let source): ProgramSource.record.written(source, in: members)
    }
  }
}
