import Testing

@testable import Loading

@Suite("From the server's line numbers back to rows of the source")
struct CopyingTests {
  @Test("rows that were kept apart are counted over")
  func sentRows() {
    let range = SentRows.range(first: 11, skipped: [12, 13, 16])
    #expect((1...5).map { range.ordinal(ofLine: $0) } == [11, 14, 15, 17, 18])
    let list = SentRows.list([12, 13, 16])
    #expect((1...4).map { list.ordinal(ofLine: $0) } == [12, 13, 16, nil])
  }

  @Test(
    "the context of an error names line and column, in whatever language and with whatever names",
    arguments: [
      ("COPY t, line 5, column qty: \"a: \"b\"\"", "t", 5, "qty"), ("COPY t, line 12", "t", 12, nil),
      ("COPY t, line 7, column odd name", "t", 7, "odd name"), ("COPY t 2, 3, line 4: \"1\t2\"", "t 2, 3", 4, nil),
      ("COPY t, Zeile 5, Spalte menge: »abc«", "t", 5, "menge"),
      ("JSON data, line 1: {bad\nCOPY t, line 9, column j", "t", 9, "j"),
      ("PL/pgSQL function f() line 3 at RAISE\nCOPY t, line 8: \"x\"", "t", 8, nil),
    ] as [(String, String, Int, String?)])
  func context(text: String, table: String, line: Int, column: String?) throws {
    let context = try #require(CopyContext(text, table: table))
    #expect(context.line == line)
    #expect(context.column == column)
  }

  @Test("a context without a COPY says nothing")
  func noContext() {
    #expect(CopyContext(nil, table: "t") == nil)
    #expect(CopyContext("SQL statement \"SELECT 1\"", table: "t") == nil)
  }
}
