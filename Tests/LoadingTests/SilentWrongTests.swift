import Catalog
import Diagnostics
import Loading
import Manifests
import Planning
import Postgres
import TestSupport
import Testing

/// What other tools get wrong without saying so.
@Suite("Nothing is wrong in silence", .freshDatabase, .timeLimit(.minutes(15)))
struct SilentWrongTests {
  static let writing: [Flow.WriteMode] = [.insert, .insertIgnore, .truncateInsert, .upsert]

  private func load(
    _ mode: Flow.WriteMode, _ columns: [(String, String)], _ files: [String: String], path: String = "in.csv"
  ) async throws -> (world: LoadingWorld, outcome: LoadOutcome) {
    let list = columns.map { "\($0.0) \($0.1)" }.joined(separator: ", ")
    let world = try await LoadingWorld("CREATE TABLE t (\(list), PRIMARY KEY (id))", files: files)
    let outcome = try await world.load(
      world.request(path, mode, columns, key: mode == .upsert ? ["id"] : []))
    return (world, outcome)
  }

  @Test("no value stands under another column, whatever the order of a file's fields", arguments: writing)
  func order(mode: Flow.WriteMode) async throws {
    // Types that would take each other's values, and a field more that no column takes.
    let (world, outcome) = try await load(
      mode, [("id", "text"), ("first", "text"), ("last", "text"), ("city", "text")],
      [
        "in/1.csv": "city,last,id,first\nBrno,Nováková,1,Anna\n",
        "in/2.csv": "first,extra,city,id,last\nJan,x,Praha,2,Novák\n",
        "in/3.csv": "id,last\n3,Malá\n",
      ], path: "in/*.csv")
    // A file that lacks a field is refused.
    #expect(outcome.error != nil)
    #expect(try await world.rows().isEmpty)
    try world.project.remove("in/3.csv")
    let again = try await world.load(
      world.request(
        "in/*.csv", mode, [("id", "text"), ("first", "text"), ("last", "text"), ("city", "text")],
        key: mode == .upsert ? ["id"] : []))
    #expect(again.error == nil)
    #expect(try await world.rows() == [["1", "Anna", "Nováková", "Brno"], ["2", "Jan", "Novák", "Praha"]])
  }

  @Test("NULL and the empty string stay apart", arguments: writing)
  func null(mode: Flow.WriteMode) async throws {
    let (world, outcome) = try await load(
      mode, [("id", "integer"), ("a", "text"), ("b", "character varying(5)"), ("c", "json")],
      ["in.csv": "id,a,b,c\n1,,\"\",\n2,\"\",,\"\"\"\"\"\"\n3,NULL,\\N,null\n 4,,\"\",\n 5,\"\",,null\n"])
    #expect(outcome.error == nil)
    #expect(
      try await world.rows() == [
        ["1", nil, "", nil], ["2", "", nil, "\"\""], ["3", "NULL", "\\N", "null"], ["4", nil, "", nil],
        ["5", "", nil, "null"],
      ])
  }

  @Test("line ends within quotes stay as they are, be the file's own LF or CRLF", arguments: writing, ["\n", "\r\n"])
  func lineEnds(mode: Flow.WriteMode, end: String) async throws {
    let values = ["a\r\nb", "a\nb", "a\rb", "\r\n", "\n\r", "\r", "a\r\n"]
    // Every second row goes by text.
    let rows = values.enumerated().map { "\($0 % 2 == 0 ? "" : " ")\($0),\"\($1)\"" }
    let (world, outcome) = try await load(
      mode, [("id", "integer"), ("a", "text")], ["in.csv": (["id,a"] + rows).joined(separator: end)])
    #expect(outcome.error == nil)
    #expect(try await world.rows("a", order: "id") == values.map { [$0] })
  }

  @Test(
    "a number that does not fit is no NULL, nothing cut and nothing wrapped around",
    arguments: writing,
    [
      ("smallint", "32768"), ("smallint", "-32769"), ("integer", "2147483648"), ("integer", "1.5"),
      ("bigint", "9223372036854775808"), ("bigint", "12 000"), ("numeric(5,2)", "1000"), ("numeric(5,2)", "999.995"),
      ("numeric(2,-1)", "990.1.1"), ("numeric", "1,5"), ("real", "1e39"), ("double precision", "1e309"),
      ("double precision", "12abc"), ("boolean", "2"), ("date", "2023-02-29"),
      ("time without time zone", "24:00:01"), ("timestamp with time zone", "2024-01-01 25:00"), ("uuid", "550e8400"),
      ("character varying(3)", "abcd"), ("character(3)", "abcd"), ("jsonb", "{1}"), ("bytea", "\\x1"),
    ])
  func unfitting(mode: Flow.WriteMode, value: (type: String, text: String)) async throws {
    let text = value.text.contains(",") ? "\"\(value.text)\"" : value.text
    let (world, outcome) = try await load(
      mode, [("id", "integer"), ("n", value.type)], ["in.csv": "id,n\n1,\n2,\(text)\n3,\n"])
    if mode == .insertIgnore {
      #expect(outcome.error == nil)
      #expect(outcome.counts.words == "read 3, inserted 2, rejected 1")
      #expect(try await world.rows() == [["1", nil], ["3", nil]])
    } else {
      #expect(outcome.error?.place?.line == 3)
      #expect(outcome.error?.message.contains(value.text) == true)
      #expect(try await world.rows().isEmpty)
    }
  }

  @Test("numbers keep every digit", arguments: writing)
  func digits(mode: Flow.WriteMode) async throws {
    let numbers = [
      "0.1000", "123456789012345678901234567890.123456789012345678901234567890", "-0.00000000000000000000000000001",
      "9007199254740993", "1.10",
    ]
    let (world, outcome) = try await load(
      mode, [("id", "bigint"), ("n", "numeric"), ("s", "text")],
      ["in.csv": "id,n,s\n" + numbers.enumerated().map { "\($0 + 9_007_199_254_740_992),\($1),\($1)\n" }.joined()])
    #expect(outcome.error == nil)
    #expect(
      try await world.rows()
        == numbers.enumerated().map { ["\($0 + 9_007_199_254_740_992)", $1, $1] })
  }

  @Test("a text cut short by its type is refused, but for spaces, as COPY has it")
  func spaces() async throws {
    let (world, outcome) = try await load(
      Flow.WriteMode.insert, [("id", "integer"), ("a", "character varying(3)"), ("b", "character(3)")],
      ["in.csv": "id,a,b\n1,abc  ,abc  \n2,a  ,a \n3,\"žšč \",žšč\n"])
    #expect(outcome.error == nil)
    #expect(
      try await world.rows("a, b, octet_length(b)", order: "id") == [
        ["abc", "abc", "3"], ["a  ", "a  ", "3"], ["žšč", "žšč", "6"],
      ])
  }
}
