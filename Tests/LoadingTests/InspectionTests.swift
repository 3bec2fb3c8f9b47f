import Diagnostics
import JSON
import Loading
import Manifests
import SystemPackage
import TestSupport
import Testing

@Suite("Inspecting a source")
struct InspectionTests {
  static func types(_ csv: String, change: (inout FileSource) -> Void = { _ in }) throws -> [String] {
    let project = try TemporaryProject(["in.csv": csv])
    var source = FileSource()
    source.path = "in.csv"
    change(&source)
    return try inspect(.files(source), root: project.path).map { "\($0.name) \($0.type)" }
  }

  @Test(
    "infers a type from all values of a field",
    arguments: [
      ("1\n-20\n0", "bigint"), ("1\n\n3", "bigint"), ("1\n2.50", "numeric"), ("9223372036854775808", "numeric"),
      ("007\n1", "text"), ("00", "text"), ("0.5\n-0.25", "numeric"), ("2024-01-31", "date"),
      ("2024-02-30", "text"), ("2024-01-31 10:00\n2024-01-31", "timestamp without time zone"),
      ("2024-01-31T10:00:00Z", "timestamp with time zone"),
      ("2024-01-31 10:00:00+02\n2024-01-31 10:00:00", "timestamp with time zone"), ("true\nFALSE", "boolean"),
      ("true\n1", "text"), ("\n\n", "text"), ("\"\"", "text"), ("1e5", "text"), (" 1", "text"), ("+1", "text"),
      ("{\"a\":1}", "text"), ("1.", "text"), ("-", "text"), ("01/05/2024", "text"), ("5 000", "text"),
    ])
  func infers(values: String, type: String) throws { #expect(try Self.types("f\n\(values)\n") == ["f \(type)"]) }

  @Test("looks at the first 10,000 rows only, and says so")
  func bounded() throws {
    let project = try TemporaryProject(["in.csv": "n\n" + String(repeating: "1\n", count: 10_000) + "x\n"])
    var source = FileSource()
    source.path = "in.csv"
    let fields = try inspect(.files(source), root: project.path)
    #expect(fields == [SourceField(name: "n", type: "bigint", origin: "header and first 10,000 rows of in.csv")])
  }

  @Test("inline rows are what they are written as")
  func inlineRows() throws {
    var source = RowsSource()
    source.fields = ["code", "n", "ok", "quoted", "day", "map", "none"]
    source.rows = [
      [.text("CZ"), .number("1"), .bool(true), .text("42"), .text("2024-01-31"), .nested(["a": 1]), .null],
      [.text("SK"), .number("2.5"), .bool(false), .text("7"), .null, .nested([1]), .null],
    ]
    let fields = try inspect(.rows(source), root: "/")
    #expect(
      fields.map { "\($0.name) \($0.type)" } == [
        "code text", "n numeric", "ok boolean", "quoted text", "day date", "map jsonb", "none text",
      ])
  }

  @Test("without a header, fields are numbered")
  func noHeader() throws {
    #expect(try Self.types("1,a\n2,b\n") { $0.csv.header = false } == ["column1 bigint", "column2 text"])
  }

  @Test(
    "a bad header is told with its place and what to write",
    arguments: [
      ("id,name,id\n1,2,3\n", "the header of in.csv names \"id\" twice", 1, 9),
      ("id,,name\n1,2,3\n", "field 2 of the header of in.csv has no name", 1, 4),
      ("id;name;total\n1;2;3\n", "the header of in.csv is one field: \"id;name;total\"", 1, 1),
      ("", "in.csv is empty: it has no header", 1, 1),
      ("a,b\n1,2\n1,2,3\n", "the row has 3 fields, the header 2", 3, 5),
    ])
  func badHeader(csv: String, message: String, line: Int, column: Int) throws {
    let failure = try #require(throws: Failure.self) { try Self.types(csv) }
    let found = try #require(failure.diagnostics.first)
    #expect(found.code == "source-readable")
    #expect(found.message == message)
    #expect(found.place == Place(file: "in.csv", line: line, column: column))
    if csv.contains(";") { #expect(found.help == ["write `csv: {delimiter: \";\"}` on the source"]) }
  }

  @Test(
    "what cannot be read yet is said, never read as something else",
    arguments: [
      { $0.csv.encoding = "latin1" }, { $0.csv.decimal = "," }, { $0.format = .jsonl }, { $0.compression = .gzip },
    ] as [@Sendable (inout FileSource) -> Void])
  func notSupported(change: @Sendable (inout FileSource) -> Void) throws {
    let failure = try #require(throws: Failure.self) { try Self.types("a\n1\n", change: change) }
    #expect(failure.diagnostics.map(\.code) == ["not-supported"])
  }
}
