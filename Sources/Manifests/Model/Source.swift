public import JSON

/// Where rows come from.
public enum Source: Equatable, Sendable {
  case files(FileSource)
  case postgres(PostgresSource)
  case rows(RowsSource)
  case program(ProgramSource)

  /// Whether its rows are objects, each of which names its fields for itself and may leave some out.
  public var hasObjects: Bool {
    switch self {
    case .files(let source): [.json, .jsonl].contains(source.format ?? DataFormat(ofFile: source.path))
    case .program(let source): [.json, .jsonl].contains(source.format)
    case .postgres, .rows: false
    }
  }

  /// Whether it is read from text with delimiters between the fields.
  public var isDelimited: Bool {
    switch self {
    case .files, .program: !hasObjects
    case .postgres, .rows: false
    }
  }
}

/// The format of a file's, or a program's, bytes.
public enum DataFormat: String, Hashable, Sendable, CaseIterable { case csv, tsv, json, jsonl }

/// How a file is compressed; `auto` goes by its name.
public enum Compression: String, Hashable, Sendable, CaseIterable { case auto, none, gzip, zstd }

extension Compression {
  /// What a name's ending says.
  public init(ofFile name: String) {
    let name = name.lowercased()
    self = name.hasSuffix(".gz") ? .gzip : name.hasSuffix(".zst") ? .zstd : .none
  }
}

extension DataFormat {
  /// What a name's ending says, that of a compression left out; CSV where it says nothing.
  public init(ofFile name: String) {
    var parts = name.lowercased().split(separator: ".")
    if let last = parts.last, last == "gz" || last == "zst" { parts.removeLast() }
    switch parts.last {
    case "tsv", "tab": self = .tsv
    case "json": self = .json
    case "jsonl", "ndjson": self = .jsonl
    default: self = .csv
    }
  }
}

/// The order of day, month and year in dates such as 05/01/2024.
public enum DateOrder: String, Hashable, Sendable, CaseIterable { case dmy, mdy, ymd }

/// How CSV (and TSV) is written.
public struct CSVOptions: Hashable, Sendable {
  /// One ASCII character; nothing is written: a comma, for `tsv` a tab.
  public var delimiter: String?
  /// One ASCII character.
  public var quote: String = "\""
  public var header: Bool = true
  /// The unquoted text that stands for NULL.
  public var null: String = ""
  /// Lines before the header (or the first row) that are passed over.
  public var skipRows: Int = 0
  public var encoding: String = "utf-8"
  /// `.` or `,`.
  public var decimal: String = "."
  /// For timestamps without zone that go to a `timestamptz`.
  public var timezone: String = "UTC"
  public var dateOrder: DateOrder?

  /// The defaults.
  public init() {}
}

/// Files that match a pattern.
public struct FileSource: Equatable, Sendable {
  /// Which of the files are loaded.
  public enum Selection: String, Hashable, Sendable, CaseIterable { case new, all }

  /// A glob, relative to the project, which may hold days (``PathTemplate``).
  public var path: String = ""
  /// Nothing is written: by the name's ending.
  public var format: DataFormat?
  public var compression: Compression = .auto
  public var csv = CSVOptions()
  /// Nothing is written: `new` for insert and insert_ignore, `all` otherwise.
  public var files: Selection?
  public var allowEmpty: Bool = false

  /// A source with the defaults.
  public init() {}
}

/// The column that grows with each row's change, for incremental loads.
public struct Cursor: Hashable, Sendable {
  public var column: String
  public var initial: String?
  /// How far back rows are read again; nothing is written: 5 minutes for timestamps, nothing otherwise.
  public var lag: Duration?

  /// Makes a cursor.
  public init(column: String, initial: String? = nil, lag: Duration? = nil) {
    self.column = column
    self.initial = initial
    self.lag = lag
  }
}

/// What `tables:` says of a table, or of those that fit a pattern.
public struct TableChoice: Equatable, Sendable {
  /// `schema.table`, with `*` and `?` for any letters.
  public var pattern: String
  /// Whether they are left out.
  public var isSkipped: Bool
  /// Nothing is written: the source's.
  public var cursor: Cursor?
  /// Nothing is written: the flow's.
  public var key: [String]?

  /// Makes a choice.
  public init(pattern: String, isSkipped: Bool = false, cursor: Cursor? = nil, key: [String]? = nil) {
    self.pattern = pattern
    self.isSkipped = isSkipped
    self.cursor = cursor
    self.key = key
  }
}

/// A PostgreSQL table, or a query, or many tables.
public struct PostgresSource: Equatable, Sendable {
  /// The name of an authorizer.
  public var authorizer: String = ""
  /// `schema.table`; one of `table`, `query` and `tables` is given.
  public var table: String?
  /// It may hold days (``QueryTemplate``).
  public var query: String?
  /// By name; a flow of such a source stands for one flow a table.
  public var tables: [TableChoice]?
  public var cursor: Cursor?
  public var allowEmpty: Bool = false

  /// A source with the defaults.
  public init() {}
}

/// Rows that are written in the manifest.
public struct RowsSource: Equatable, Sendable {
  /// The fields' names, in the order in which they first appear.
  public var fields: [String] = []
  /// A value for each field in each row: text as written, or NULL (also where the row leaves the field out).
  public var rows: [[InlineValue]] = []
  public var allowEmpty: Bool = false

  /// A source with the defaults.
  public init() {}
}

/// A value of an inline row. A YAML scalar keeps its text and what YAML 1.2's core schema takes it for.
public enum InlineValue: Hashable, Sendable {
  case null
  /// `true` or `false`.
  case bool(Bool)
  /// A number, as written, every digit kept.
  case number(String)
  case text(String)
  /// A list or a map, as JSON.
  case nested(JSONValue)
}

/// A program's standard output.
public struct ProgramSource: Equatable, Sendable {
  /// The argument vector; no shell.
  public var command: [String] = []
  public var format: DataFormat = .csv
  public var compression: Compression = .auto
  public var csv = CSVOptions()
  public var allowEmpty: Bool = false

  /// A source with the defaults.
  public init() {}
}
