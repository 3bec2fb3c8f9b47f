import Catalog
import Manifests
import Postgres
import TestSupport
import Testing

/// What somebody would write by hand in place of a load: COPY, and plain SQL behind it, into the table `u`.
struct HandWrittenLoad {
  let database: TestDatabase
  var mode: Flow.WriteMode
  var names: [String]
  var key: [String] = []

  /// What means the same for both: values, and that \copy's bytes are read so.
  static let settings = "SET TimeZone = 'UTC'; SET DateStyle = 'ISO, YMD'; SET client_encoding = 'UTF8';"

  private var list: String { names.joined(separator: ", ") }

  /// Runs it.
  func run(_ file: AwkwardRows) async throws {
    let (mode, list, key) = (mode, list, key)
    let same = key.map { "u.\($0) = s.\($0)" }.joined(separator: " AND ")
    let others = names.filter { !key.contains($0) }.map { "\($0) = EXCLUDED.\($0)" }.joined(separator: ", ")
    let action = others.isEmpty ? "NOTHING" : "UPDATE SET \(others)"
    try await database.perform { database in
      try database.script(Self.settings)
      switch mode {
      case .insert: try Self.copy("u", list, file.bytesForCopy, database)
      case .truncateInsert:
        try database.script("TRUNCATE u")
        try Self.copy("u", list, file.bytesForCopy, database)
      case .insertIgnore:
        for index in file.rows.indices {
          do { try Self.copy("u", list, file.row(index).bytesForCopy, database) } catch is PostgresError {}
        }
      case .upsert, .delete:
        try database.script("CREATE TEMPORARY TABLE s (LIKE u); ALTER TABLE s ADD COLUMN ordinal bigserial")
        try Self.copy("s", list, file.bytesForCopy, database)
        guard mode == .upsert else { return try database.script("DELETE FROM u USING s WHERE \(same)") }
        try database.script(
          """
          INSERT INTO u (\(list))
          SELECT \(list) FROM (SELECT DISTINCT ON (\(key.joined(separator: ", "))) * FROM s
            ORDER BY \(key.joined(separator: ", ")), ordinal DESC) s
          ON CONFLICT (\(key.joined(separator: ", "))) DO \(action)
          """)
      }
    }
  }

  private static func copy(
    _ table: String, _ list: String, _ bytes: [UInt8], _ database: borrowing Database
  ) throws {
    _ = try database.copyIn("COPY \(raw: table) (\(raw: list)) FROM STDIN (FORMAT csv, HEADER)") { copy in
      try bytes.withUnsafeBytes { try copy.send($0) }
    }
  }
}

extension LoadingWorld {
  /// The whole of a table as COPY writes it, its lines sorted: every value, NULL apart from the empty string.
  func content(_ table: String) async throws -> [String] {
    try await database.perform { database in
      try database.script(HandWrittenLoad.settings)
      var lines: [String] = []
      try database.copyOut("COPY \(raw: table) TO STDOUT") { lines.append(String(decoding: $0, as: UTF8.self)) }
      return lines.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }
  }

  /// Expects that `t` and `u` hold the same rows.
  func expectSameTables(_ comment: String = "") async throws {
    let ours = try await content("t"), theirs = try await content("u")
    #expect(ours.count == theirs.count, "\(comment)")
    for (line, other) in zip(ours, theirs) where line != other {
      Issue.record("\(comment): \(line.debugDescription) is not \(other.debugDescription)")
      return
    }
  }
}
