import Catalog
import Diagnostics
import Foundation
import Loading
import Manifests
import Planning
import Postgres
import Subprocess
import SystemPackage
import TestSupport
import Testing

@Suite("A load writes just what COPY would write", .freshDatabase, .timeLimit(.minutes(15)))
struct ExactTests {
  static let modes: [Flow.WriteMode] = [.insert, .insertIgnore, .truncateInsert, .upsert, .delete]

  /// `t` and `u`, alike, with some rows in them.
  private static func tables(_ mode: Flow.WriteMode, key: [String]) -> String {
    let columns = ["id bigint DEFAULT -1"] + AwkwardRows.columns.map { "\($0.name) \($0.type)" }
    let primary = key.isEmpty ? "" : ", PRIMARY KEY (\(key.joined(separator: ", ")))"
    return ["t", "u"].map { table in
      """
      CREATE TABLE \(table) (\(columns.joined(separator: ", "))\(primary));
      INSERT INTO \(table) (id, a, b) SELECT n, CASE WHEN n % 2 = 0 THEN '' ELSE E'a\\r\\nb' END, 'old'
        FROM generate_series(1, 60) n;
      """
    }.joined()
  }

  private static func request(
    _ world: LoadingWorld, _ mode: Flow.WriteMode, _ file: AwkwardRows, key: [String]
  ) -> LoadRequest {
    let types = Dictionary(uniqueKeysWithValues: [("id", "bigint")] + AwkwardRows.columns.map { ($0.name, $0.type) })
    let columns = file.names.compactMap { name in types[name].map { (name, $0) } }
    return world.request(mode, columns, key: key.map { Identifier($0) }) { $0.files = .all }
  }

  @Test("random awkward rows, in every mode", arguments: modes, 1...6)
  func random(mode: Flow.WriteMode, seed: Int) async throws {
    var random = SeededGenerator(seed: UInt64(seed))
    let hasKey = [.insertIgnore, .upsert, .delete].contains(mode)
    let key = hasKey ? (seed % 2 == 0 ? ["id"] : ["id", "a"]) : []
    let world = try await LoadingWorld(Self.tables(mode, key: key))
    // Twice: what the first load wrote is there for the second one.
    for _ in 1...2 {
      // Which row of a key insert_ignore takes is another test's matter.
      let ids =
        mode == .insertIgnore
        ? Array((1...150).shuffled(using: &random))
        : (0..<150).map { _ in Int.random(in: 1...120, using: &random) }
      // A key that is NULL is an error, but for insert_ignore.
      let file = AwkwardRows(rows: 150, ids: ids, hasNullKeys: key.count < 2 || mode == .insertIgnore, using: &random)
      try world.project.write(file.bytes, to: "in.csv")
      try await HandWrittenLoad(database: world.database, mode: mode, names: file.names, key: key).run(file)
      let outcome = try await world.load(Self.request(world, mode, file, key: key))
      try #require(outcome.error == nil, "\(String(describing: outcome.error))")
      #expect(outcome.counts.read == 150)
      try await world.expectSameTables("\(mode) \(seed)")
    }
    let old = try await world.database.value("SELECT count(*) FROM t WHERE b = 'old'")
    #expect(mode == .truncateInsert ? old == "0" : old != "0")
  }

  @Test("of rows with one key insert_ignore takes the first, be it plain or doubtful")
  func firstOfKey() async throws {
    let world = try await LoadingWorld(
      "CREATE TABLE t (id int PRIMARY KEY, s text)",
      files: ["in.csv": "id,s\n 1,first\n1,second\n2,first\n 2,second\n 3,first\n 3,second\n"])
    let outcome = try await world.load(world.request(.insertIgnore, [("id", "integer"), ("s", "text")]))
    #expect(outcome.counts.words == "read 6, inserted 3, rejected 3")
    #expect(try await world.rows() == [["1", "first"], ["2", "first"], ["3", "first"]])
  }

  @Test("psql's own \\copy writes the same")
  func psql() async throws {
    var random = SeededGenerator(seed: 77)
    var file = AwkwardRows(rows: 500, ids: Array(1...500), using: &random)
    // psql ends at a line of just `\.` even within quotes.
    file.rows = file.rows.map { $0.map { $0 == .quoted("\n\\.\n") ? .null : $0 } }
    let world = try await LoadingWorld(Self.tables(.insert, key: []))
    try world.project.write(file.bytesForCopy, to: "in.csv")
    let command = "\\copy u (\(file.names.joined(separator: ","))) FROM '\(world.project.file("in.csv"))' CSV HEADER"
    let database = world.database
    let psql = try await run(
      .name("psql"),
      arguments: ["-X", "-h", database.host, "-U", database.owner, "-d", database.name, "-c", command],
      environment: .inherit.updating(["PGOPTIONS": "-c TimeZone=UTC -c DateStyle=ISO,YMD", "PGCLIENTENCODING": "UTF8"]),
      output: .discarded, error: .string(limit: 1 << 16))
    try #require(psql.terminationStatus.isSuccess, "\(psql.standardError)")
    #expect(try await world.load(Self.request(world, .insert, file, key: [])).error == nil)
    try await world.expectSameTables()
  }

  @Test("a line of just \\. is data", arguments: modes, [true, false])
  func endOfData(mode: Flow.WriteMode, isLast: Bool) async throws {
    let key = [.upsert, .delete].contains(mode) ? ["a"] : []
    let world = try await LoadingWorld(
      "CREATE TABLE t (a text PRIMARY KEY); INSERT INTO t VALUES ('old'); CREATE TABLE u (LIKE t); INSERT INTO u TABLE t"
    )
    if mode == .delete {
      for table in ["t", "u"] { try await world.database.execute("INSERT INTO \(table) VALUES ('\\.'), ('z')") }
    }
    try await world.database.execute("ALTER TABLE u ADD PRIMARY KEY (a)")
    let file = AwkwardRows(
      names: ["a"], rows: [[.plain("b")], [.plain("\\.")]] + (isLast ? [] : [[.plain("z")]]),
      layout: .init(endsWithLineEnd: !isLast))
    try world.project.write(file.bytes, to: "in.csv")
    try await HandWrittenLoad(database: world.database, mode: mode, names: ["a"], key: key).run(file)
    let outcome = try await world.load(world.request(mode, [("a", "text")], key: key.map { Identifier($0) }))
    #expect(outcome.error == nil)
    #expect(outcome.counts.read == file.rows.count)
    try await world.expectSameTables()
  }

  @Test(
    "files without rows: an error, or nothing, as the source says",
    arguments: modes, ["", "\u{FEFF}", "id,a", "id,a\n", "\u{FEFF}id,a\r\n"])
  func noRows(mode: Flow.WriteMode, text: String) async throws {
    let key = [.upsert, .delete].contains(mode) ? ["id"] : []
    let world = try await LoadingWorld(Self.tables(mode, key: ["id"]), files: ["in.csv": text])
    let columns = [("id", "bigint"), ("a", "text")]
    for allowEmpty in [false, true] {
      let outcome = try await world.load(
        world.request(mode, columns, key: key.map { Identifier($0) }) { $0.allowEmpty = allowEmpty })
      #expect((outcome.error?.code == "source-empty") == !allowEmpty, "\(String(describing: outcome.error))")
      if allowEmpty { #expect(outcome.error == nil) }
      let rows = try await world.content("t").count
      #expect(rows == (allowEmpty && mode == .truncateInsert ? 0 : 60))
    }
  }

  @Test("1,600 columns, in reverse", arguments: [Flow.WriteMode.insert, .truncateInsert, .insertIgnore])
  func manyColumns(mode: Flow.WriteMode) async throws {
    let names = (1...1600).map { "c\($0)" }
    let types = ["smallint", "boolean", "text"]
    let columns = names.enumerated().map { ($1, types[$0 % 3]) }
    let table = columns.map { "\($0.0) \($0.1)" }.joined(separator: ", ")
    let world = try await LoadingWorld("CREATE TABLE t (\(table)); CREATE TABLE u (\(table))")
    let fields: [[AwkwardRows.Field]] = [
      [.plain("7"), .null], [.plain("t"), .null], [.plain("x"), .quoted(""), .null],
    ]
    let file = AwkwardRows(
      names: names.reversed(),
      rows: (0..<20).map { row in
        names.indices.reversed().map { column in
          let choices = fields[column % 3]
          return choices[(row + column) % choices.count]
        }
      })
    try world.project.write(file.bytes, to: "in.csv")
    try await HandWrittenLoad(database: world.database, mode: mode, names: file.names).run(file)
    let outcome = try await world.load(world.request(mode, columns))
    #expect(outcome.error == nil)
    #expect(outcome.counts.inserted == 20)
    try await world.expectSameTables()
  }

  @Test("fields of a megabyte, quoted and not", arguments: modes)
  func longFields(mode: Flow.WriteMode) async throws {
    let key = [.upsert, .delete].contains(mode) ? ["id"] : []
    let world = try await LoadingWorld(
      """
      CREATE TABLE t (id int PRIMARY KEY, a text, n int);
      INSERT INTO t SELECT n, 'old', n FROM generate_series(1, 4) n;
      CREATE TABLE u (LIKE t INCLUDING ALL); INSERT INTO u TABLE t;
      """)
    let long = String(repeating: "😀 long\\", count: 100_000)
    let awkward = String(repeating: "a\"b,\r\n", count: 180_000)
    let ids = mode == .insert ? 10...15 : 3...8
    let file = AwkwardRows(
      names: ["a", "n", "id"],
      rows: ids.map { id in
        // A doubtful number beside it: the row goes by text.
        [
          [.plain(long), .quoted(awkward), .quoted(long + "\n")][id % 3], .plain(id % 2 == 0 ? " 5" : "5"),
          .plain("\(id)"),
        ]
      })
    try world.project.write(file.bytes, to: "in.csv")
    try await HandWrittenLoad(database: world.database, mode: mode, names: file.names, key: key).run(file)
    let outcome = try await world.load(
      world.request(
        mode, [("id", "integer"), ("a", "text"), ("n", "integer")], key: key.map { Identifier($0) }))
    #expect(outcome.error == nil)
    try await world.expectSameTables()
  }

  @Test(
    "what COPY refuses is refused, and nothing is written",
    arguments: modes,
    [
      "id,a\n1,x\0y\n", "id,a\n1,\"open\n2,x\n", "id,a\n1,x,3\n", "id,a\n1\n", "id,a\n1,x\ry\n", "id,a\n1,b\n\n",
    ])
  func refused(mode: Flow.WriteMode, text: String) async throws {
    let key = [.upsert, .delete].contains(mode) ? ["id"] : []
    let world = try await LoadingWorld(Self.tables(mode, key: ["id"]), files: ["in.csv": text])
    await #expect(throws: PostgresError.self) {
      try await world.database.perform { database in
        _ = try database.copyIn("COPY u (id, a) FROM STDIN (FORMAT csv, HEADER)") { copy in
          try Array(text.utf8).withUnsafeBytes { try copy.send($0) }
        }
      }
    }
    let outcome = try await world.load(
      world.request(mode, [("id", "bigint"), ("a", "text")], key: key.map { Identifier($0) }))
    if mode == .insertIgnore {
      #expect(outcome.error == nil)
      #expect(outcome.counts.rejected >= 1)
      #expect(outcome.counts.read == outcome.counts.rejected + outcome.counts.inserted)
    } else {
      #expect(outcome.error != nil)
    }
    // insert_ignore finds the row before the faulty one there already.
    #expect(try await world.content("t") == (try await world.content("u")))
  }
}
