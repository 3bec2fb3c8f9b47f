import Catalog
import Diagnostics
import JSON
import Loading
import Manifests
import Planning
import Postgres
import TestSupport
import Testing

@Suite("preview", .freshDatabase, .timeLimit(.minutes(15)))
struct PreviewTests {
  @Test("shows rows as the table would hold them, and what would not fit; nothing is left")
  func shows() async throws {
    let world = try await LoadingWorld(
      "CREATE TABLE u ()",
      files: [
        "in.csv":
          "id,n,ok,d,j,s\n1,1.005,t,Jan 5 2024,\"{\"\"a\"\":1.10}\",\n2,x,f,,,\"\"\n3,NaN,f,2024-01-01,,a\n4,1,f,,,\n"
      ])
    var request = world.request(
      .insert,
      [("id", "bigint"), ("n", "numeric(6,2)"), ("ok", "boolean"), ("d", "date"), ("j", "jsonb"), ("s", "text")])
    request.columns[0].isNullable = false
    let connection = try await world.database.connect()
    let preview = try await Loading.preview(request, rows: 3, on: connection)
    await connection.close()
    #expect(preview.columns.map(\.type) == ["bigint", "numeric(6,2)", "boolean", "date", "jsonb", "text"])
    #expect(
      preview.rows == [
        [1, .number("1.01"), true, "2024-01-05", ["a": .number("1.10")], nil],
        [3, "NaN", false, "2024-01-01", nil, "a"],
      ])
    #expect(preview.rejected.map(\.place?.line) == [3])
    #expect(preview.rejected[0].message == "column n: invalid input syntax for type numeric: \"x\"")
    #expect(
      try await world.database.rows("SELECT relname FROM pg_class WHERE relname = '_sluice_stage'").isEmpty)
    #expect(try await world.ledgerRows().isEmpty)
  }
}
