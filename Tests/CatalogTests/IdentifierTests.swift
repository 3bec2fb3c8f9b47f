import Catalog
import Postgres
import TestSupport
import Testing

@Suite struct IdentifierTests {
  /// Names of every sort: plain, with upper case, digits first, quotes, spaces, other scripts, controls, key words.
  private static let names =
    [
      "orders", "_x", "a1_b2", "Orders", "1a", "a$b", "a b", " ", "a\"b", "\"\"", "a'b", "a\\b", "a.b", "a-b", "é",
      "straße", "表", "😀", "a\nb", "a\tb", "\u{1}", "--", "/*", ";", "select", "SELECT", "Select", "user", "year",
      "name",
      "text", "int", "nulls", "u&", "a\u{301}", "\u{e1}",
      String(repeating: "x", count: 63),
    ] + (0..<128).compactMap { $0 == 0 ? nil : "n\(Character(Unicode.Scalar($0)))" }

  @Test(
    "Names are quoted just as the server's quote_ident does", .enabled(if: Cluster.isAvailable), .freshDatabase)
  func quoting() async throws {
    let rows = try await TestDatabase.current.rows(
      "SELECT n, quote_ident(n) FROM unnest(\(value: Self.names)::text[]) AS n")
    #expect(rows.count == Self.names.count)
    for row in rows {
      let name = try #require(row[0])
      #expect(Identifier(name).sql == row[1])
    }
  }

  @Test(
    "Every key word is quoted but the unreserved ones, as quote_ident does",
    .enabled(if: Cluster.isAvailable), .freshDatabase)
  func keywords() async throws {
    let rows = try await TestDatabase.current.rows("SELECT word, quote_ident(word), catcode FROM pg_get_keywords()")
    #expect(rows.count > 400)
    for row in rows {
      let word = try #require(row[0])
      let isQuoted = Identifier(word).sql != word
      #expect(isQuoted == (row[1] != word), "\(word)")
      #expect(isQuoted == (row[2] != "U"), "\(word)")
    }
  }

  @Test(
    "A quoted name means the name itself to the server", .enabled(if: Cluster.isAvailable), .freshDatabase)
  func meaning() async throws {
    let names = Self.names.filter { $0.utf8.count <= Identifier.maximumBytes }
    try await TestDatabase.current.perform { database in
      for name in names {
        let sql: SQL = "SELECT 1 AS \(identifier: Identifier(name))"
        let wrapped: SQL =
          "SELECT key FROM (SELECT row_to_json(t) AS j FROM (\(sql: sql)) t) s, json_object_keys(j) key"
        let keys = try database.rows(wrapped) { $0.text(0) }
        #expect(keys == [name])
      }
    }
  }

  @Test(
    "Text constants are written just as quote_literal does, and mean the text whatever the setting",
    .enabled(if: Cluster.isAvailable), .freshDatabase)
  func literals() async throws {
    let values = Self.names + ["", "'", "''", "\\", "\\'", "it's", "\\n", "E'x'", "$$"]
    let quoted = try await TestDatabase.current.rows(
      "SELECT v, quote_literal(v) FROM unnest(\(value: values)::text[]) AS v")
    for row in quoted {
      // quote_literal puts a space before E, so that it may follow a name; it is no part of the constant.
      let expected = try #require(row[1])
      #expect(Literal(try #require(row[0])).sql == (expected.hasPrefix(" ") ? String(expected.dropFirst()) : expected))
    }
    try await TestDatabase.current.perform { database in
      for setting in ["on", "off"] {
        try database.run("SELECT set_config('standard_conforming_strings', \(value: setting), false)")
        for value in values {
          #expect(try database.rows("SELECT \(literal: Literal(value))") { $0.text(0) } == [value])
        }
      }
    }
  }

  @Test("Key words of newer servers are quoted too", arguments: ["json_table", "merge_action", "system_user"])
  func newerKeywords(word: String) {
    #expect(Identifier(word).sql == "\"\(word)\"")
  }

  @Test("Names are compared by their characters")
  func order() {
    #expect(["b", "a", "B", "_"].map { Identifier($0) }.sorted().map(\.name) == ["B", "_", "a", "b"])
  }
}
