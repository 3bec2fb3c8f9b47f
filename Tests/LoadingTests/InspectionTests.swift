import Diagnostics
import JSON
import Loading
import Manifests
import SystemPackage
import TestSupport
import Testing

@Suite("Inspecting a source")
struct InspectionTests {
  static func types(
    _ text: String, in name: String = "in.csv", change: (inout FileSource) -> Void = { _ in }
  ) async throws -> [String] {
    let project = try TemporaryProject([name: text])
    var source = FileSource()
    source.path = name
    change(&source)
    return try await inspect(.files(source), root: project.path).map { "\($0.name) \($0.type)" }
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
  func infers(values: String, type: String) async throws {
    #expect(try await Self.types("f\n\(values)\n") == ["f \(type)"])
  }

  @Test("looks at the first 10,000 rows only, and says so")
  func bounded() async throws {
    let project = try TemporaryProject(["in.csv": "n\n" + String(repeating: "1\n", count: 10_000) + "x\n"])
    var source = FileSource()
    source.path = "in.csv"
    let fields = try await inspect(.files(source), root: project.path)
    #expect(fields == [SourceField(name: "n", type: "bigint", origin: "header and first 10,000 rows of in.csv")])
  }

  @Test("inline rows are what they are written as")
  func inlineRows() async throws {
    var source = RowsSource()
    source.fields = ["code", "n", "ok", "quoted", "day", "map", "none"]
    source.rows = [
      [.text("CZ"), .number("1"), .bool(true), .text("42"), .text("2024-01-31"), .nested(["a": 1]), .null],
      [.text("SK"), .number("2.5"), .bool(false), .text("7"), .null, .nested([1]), .null],
    ]
    let fields = try await inspect(.rows(source), root: "/")
    #expect(
      fields.map { "\($0.name) \($0.type)" } == [
        "code text", "n numeric", "ok boolean", "quoted text", "day date", "map jsonb", "none text",
      ])
  }

  @Test("without a header, fields are numbered")
  func noHeader() async throws {
    #expect(try await Self.types("1,a\n2,b\n") { $0.csv.header = false } == ["column1 bigint", "column2 text"])
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
  func badHeader(csv: String, message: String, line: Int, column: Int) async throws {
    let failure = try await #require(throws: Failure.self) { try await Self.types(csv) }
    let found = try #require(failure.diagnostics.first)
    #expect(found.code == "source-readable")
    #expect(found.message == message)
    #expect(found.place == Place(file: "in.csv", line: line, column: column))
    if csv.contains(";") { #expect(found.help == ["write `csv: {delimiter: \";\"}` on the source"]) }
  }

  @Test("where numbers have a comma, a point is none of a number's")
  func decimalComma() async throws {
    let csv = "a;b;c;d;e\n1,5;1;1.5;2024-01-31;x,y\n-2;2;1,5;;\n"
    let types = try await Self.types(csv) {
      $0.csv.delimiter = ";"
      $0.csv.decimal = ","
    }
    #expect(types == ["a numeric", "b bigint", "c text", "d date", "e text"])
  }

  @Test("JSON says itself what is text; fields come in the order in which they first appear")
  func json() async throws {
    let objects = [
      #"{"id":1,"code":"007","n":1.5,"ok":true,"day":"2024-01-31","at":"2024-01-31T10:00:00Z","j":{"a":1},"none":null}"#,
      #"{"late":"x","id":2,"n":1e3,"mixed":1,"j":[2],"both":1}"#, #"{"mixed":"1","both":{},"big":9223372036854775808}"#,
    ]
    let types = [
      "id bigint", "code text", "n numeric", "ok boolean", "day date", "at timestamp with time zone", "j jsonb",
      "none text", "late text", "mixed text", "both text", "big numeric",
    ]
    #expect(try await Self.types(objects.joined(separator: "\n"), in: "in.jsonl") == types)
    #expect(try await Self.types(objects.joined(separator: "\n"), in: "in.ndjson") == types)
    #expect(try await Self.types("[" + objects.joined(separator: ",") + "]", in: "in.json") == types)
  }

  @Test("JSON that cannot be read is told with its place")
  func badJSON() async throws {
    for (text, name, message, line) in [
      ("{\"a\":1}\n{\"a\":}\n", "in.jsonl", "the row is no valid JSON: a value should stand here", 2),
      ("\n", "in.jsonl", "in.jsonl has no rows, which name the fields", 1),
      ("[]", "in.json", "in.json has no rows, which name the fields", 1),
    ] {
      let failure = try await #require(throws: Failure.self) { try await Self.types(text, in: name) }
      #expect(failure.diagnostics.first?.message == message)
      #expect(failure.diagnostics.first?.place?.line == line)
    }
  }
}
