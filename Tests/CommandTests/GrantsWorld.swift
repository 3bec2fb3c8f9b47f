import TestSupport

extension World {
  /// The statements after which a role may nothing in a database that is not granted to itself.
  static func closing(_ database: TestDatabase) -> String {
    "REVOKE ALL ON DATABASE \(database.name) FROM PUBLIC; REVOKE ALL ON SCHEMA public FROM PUBLIC;"
  }

  /// A project of random flows, some schemas, and a role that may nothing.
  static func random(seed: UInt64, schemas: [String]) async throws -> World {
    let database = TestDatabase.current
    var random = SeededGenerator(seed: seed)
    let role = try await database.createRole()
    let made = schemas.map { "CREATE SCHEMA \"\($0)\";" }
    try await database.execute(closing(database) + made.joined())
    let flows = (1...3).map { number in
      let mode = ["insert", "insert_ignore", "truncate_insert", "upsert", "delete"].randomElement(using: &random) ?? ""
      var fields = "writeMode: \(mode), columns: {id: bigint, total: 'numeric(9,2)'}"
      let isKeyAll = Bool.random(using: &random)
      if mode == "upsert" || mode == "delete" { fields += ", key: [\(isKeyAll ? "id, total" : "id")]" }
      if mode == "truncate_insert", Bool.random(using: &random) { fields += ", readers: keep" }
      let table = Bool.random(using: &random) ? "s.t\(number)" : "'\"S 2\".T\(number)'"
      // Each is used: what nothing uses is adopted by nothing.
      let destination = number == 1 || (number == 3 && Bool.random(using: &random)) ? "wh" : "apart"
      return "f\(number): {source: {path: t.csv}, destination: \(destination), table: \(table), \(fields)}"
    }
    return try World(
      flows.joined(separator: "\n"), files: ["t.csv": "id,total\n1,2.5\n2,3\n"],
      connection: """
        authorizers:
          wh: {url: {env: DATABASE_URL}}
        destinations:
          wh: {authorizer: wh}
          apart: {authorizer: wh, ledgerSchema: books}

        """, role: role)
  }
}
