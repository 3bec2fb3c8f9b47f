import TestSupport
import Testing

/// What people see of each code where it is provoked, in the golden files `codes`.
@Suite("Codes as people see them", .freshDatabase, .timeLimit(.minutes(15)))
struct CodeTests {
  @Test("A script provokes its code", arguments: CodeScene.codes.filter { !CodeScene.needsTracer($0) })
  func script(_ code: String) async throws { try await expectShown(code, of: CodeScene().show(code)) }

  @Test(
    "So does one in which the system fails",
    .enabled(if: Tracer.works, "strace is missing, or may trace no process here"),
    arguments: CodeScene.codes.filter(CodeScene.needsTracer))
  func faultyScript(_ code: String) async throws { try await expectShown(code, of: CodeScene().show(code)) }

  @Test("A connection that breaks at COMMIT: commit-unknown")
  func commitUnknown() async throws {
    var scene = try await CodeScene()
    let relay = try Relay(to: scene.database.cluster)
    scene.environment["RELAY"] = relay.folder
    let apply = "project 'writeMode: insert, retry: {attempts: 1}'; quietly sluice apply --yes"
    _ = try await scene.show(script: apply)
    relay.arm(.commitAnswered) { _ in .cut }
    let text = try await scene.show(
      script: "DATABASE_URL=${DATABASE_URL/$PGHOST/$RELAY}; show sluice run orders")
    #expect(relay.reached == 1)
    try expectShown("commit-unknown", of: text)
  }

  @Test("A pooler that lends no connection for longer than a transaction: pooled-connection")
  func pooled() async throws {
    var scene = try await CodeScene()
    let pooler = try Pooler(to: scene.database.cluster, size: 1)
    scene.environment["POOLER"] = pooler.folder
    let script = """
      project 'writeMode: upsert, key: [id]'
      admin "CREATE TABLE orders (id bigint, total numeric); INSERT INTO orders VALUES (1, 2)"
      DATABASE_URL="postgresql://$PGUSER@/$PGDATABASE?host=$POOLER&port=$PGPORT"
      show sluice apply --yes >/dev/null
      """
    let text = try await scene.show(script: script)
    withExtendedLifetime(pooler) {}
    try expectShown("pooled-connection", of: text)
  }

  @Test("A server without TLS: tls-fallback") func fallback() async throws {
    var scene = try await CodeScene()
    scene.environment["PORT"] = "\(try await TLSServer.running(.plain).port)"
    let script = """
      project 'writeMode: insert'
      DATABASE_URL="postgresql://loader@127.0.0.1:$PORT/shop"
      show sluice check >/dev/null
      """
    try expectShown("tls-fallback", of: try await scene.show(script: script))
  }

  @Test("Two servers with a database of one name: several-servers") func servers() async throws {
    var scene = try await CodeScene()
    scene.environment["PORT"] = "\(try await TLSServer.running(.plain).port)"
    let script = """
      project 'writeMode: insert'
      cat >more.yaml <<END
      authorizers:
        eu: {url: {env: EU_URL}}
      destinations:
        eu: {authorizer: eu, defaultSchema: public}
      flows:
        orders_eu: {source: {path: orders.csv}, destination: eu, writeMode: insert}
      END
      eu() { psql -qX "postgresql://postgres@127.0.0.1:$PORT/postgres" -c "$1"; }
      eu "CREATE DATABASE $PGDATABASE OWNER loader"
      export EU_URL="postgresql://loader@127.0.0.1:$PORT/$PGDATABASE?sslmode=disable"
      show sluice plan --sql >/dev/null
      eu "DROP DATABASE $PGDATABASE"
      """
    try expectShown("several-servers", of: try await scene.show(script: script))
  }

  private func expectShown(_ code: String, of text: String) throws {
    #expect(text.contains("[\(code)]: "), "\(text)")
    try expectGolden(text, "codes/\(code).txt")
  }
}
