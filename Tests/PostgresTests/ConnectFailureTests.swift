import Foundation
import Postgres
import Secrets
import TestSupport
import Testing

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

@Suite(.freshDatabase, .timeLimit(.minutes(15))) struct ConnectFailureTests {
  let database = TestDatabase.current

  private func failure(
    _ parameters: ConnectionParameters, within timeout: Duration = .seconds(20)
  ) async throws -> PostgresError {
    let error = await #expect(throws: PostgresError.self) {
      _ = try await Connection.open(parameters, timeout: timeout)
    }
    let found = try #require(error)
    #expect(found.kind == .connect)
    return found
  }

  @Test func `A password is wanted, checked, and taken`() async throws {
    let role = try await database.createRole(password: "open sesame")
    let missing = try await failure(database.parameters(user: role))
    #expect(missing.connectFailure == .noPassword)
    #expect(missing.sqlState == nil)
    let wrong = try await failure(database.parameters(user: role, password: "wrong secret"))
    #expect(wrong.connectFailure == .wrongPassword)
    #expect(wrong.sqlState == "28P01")
    #expect(wrong.isTransient == false)
    #expect(!wrong.message.contains("28P01") && !wrong.message.contains("LOCATION"))
    #expect(!String(reflecting: wrong).contains("wrong secret"))
    let connection = try await database.connect(as: role, password: "open sesame")
    try await #expect(connection.perform { $0.user } == role)
  }

  @Test func `An unknown database and an unknown role are told apart`() async throws {
    var parameters = database.parameters()
    parameters["dbname"] = "nowhere"
    let unknown = try await failure(parameters)
    #expect(unknown.connectFailure == .unknownDatabase)
    #expect(unknown.sqlState == "3D000")
    let nobody = try await failure(database.parameters(user: "nobody_of_that_name"))
    #expect(nobody.connectFailure == .unknownRole)
    #expect(nobody.sqlState == "28000")
  }

  @Test func `A role without connections left is told`() async throws {
    let role = try await database.createRole()
    try await database.execute("ALTER ROLE \(role) CONNECTION LIMIT 0")
    let error = try await failure(database.parameters(user: role))
    #expect(error.connectFailure == .tooManyConnectionsOfRole)
    #expect(error.connectFailure?.reason == "too-many-connections")
    #expect(error.isTransient)
  }

  @Test func `A socket that is not there, and a name without address`() async throws {
    var parameters = database.parameters()
    parameters["port"] = "5999"
    try await #expect(failure(parameters).connectFailure == .socketMissing)
    parameters["host"] = "host.invalid"
    let lost = try await failure(parameters)
    #expect(lost.connectFailure == .hostNotFound)
    #expect(lost.isTransient)
  }

  @Test func `A closed port refuses, TLS or not`() async throws {
    let loopback = try Loopback()
    let refused = try await failure(ConnectionParameters([("host", "127.0.0.1"), ("port", "\(loopback.port)")]))
    #expect(refused.connectFailure == .refused)
  }

  @Test func `A silent server, and then silent ones in a row, end at the deadline`() async throws {
    let loopback = try Loopback()
    loopback.listen()
    let port = loopback.port
    let clock = ContinuousClock()
    let began = clock.now
    // Each host alone would have its own connect_timeout; the deadline is over all.
    let hosts = ConnectionParameters([
      ("host", "127.0.0.1,127.0.0.1"), ("port", "\(port),\(port)"), ("user", "u"), ("connect_timeout", "600"),
    ])
    let silent = try await failure(hosts, within: .milliseconds(300))
    #expect(silent.connectFailure == .timedOut)
    #expect(silent.phase == .tls || silent.phase == .login)
    #expect(silent.target?.name == "127.0.0.1:\(port)")
    #expect(clock.now - began < .seconds(10))
  }

  @Test func `A server that speaks no TLS, where it is wanted`() async throws {
    let loopback = try Loopback()
    loopback.listen()
    let port = loopback.port
    let parameters = ConnectionParameters([
      ("host", "127.0.0.1"), ("port", "\(port)"), ("user", "u"), ("sslmode", "require"),
    ])
    async let error = failure(parameters)
    let peer = await loopback.accepted()
    // The answer to SSLRequest (manual, 55.2.10).
    #expect(write(peer, "N", 1) == 1)
    try #expect(await error.connectFailure == .tlsUnavailable)
    close(peer)
  }

  @Test func `Cancelling ends the attempt`() async throws {
    let loopback = try Loopback()
    loopback.listen()
    let port = loopback.port
    let parameters = ConnectionParameters([("host", "127.0.0.1"), ("port", "\(port)"), ("user", "u")])
    let task = Task { try await Connection.open(parameters, timeout: .seconds(600)) }
    // The attempt is under way once its connection waits to be accepted.
    let peer = await loopback.accepted()
    defer { close(peer) }
    task.cancel()
    await #expect(throws: CancellationError.self) { try await task.value }
  }

  @Test func `Wrong parameters are told`() async throws {
    try await #expect(failure(ConnectionParameters([("nonsense", "1")])).connectFailure == .parameters)
    try await #expect(failure(ConnectionParameters([("service", "nowhere")])).connectFailure == .parameters)
    // libpq says that `hush` is no port.
    for url in ["postgresql://u:secret@h:nonsense/d", "postgresql://u:hush/hush@h/d"] {
      let error = try await failure(ConnectionParameters(url: Secret(url)))
      #expect(error.connectFailure == .parameters)
      #expect(error.message == "the URL cannot be read, or holds what this libpq does not know")
    }
  }

  @Test func `A URI is taken apart by libpq`() async throws {
    let uri = "postgresql://\(database.owner)@/\(database.name)?host=\(database.host)&port=\(database.port)"
    let connection = try await Connection.open(ConnectionParameters(url: Secret(uri)), timeout: .seconds(20))
    try await #expect(connection.perform { $0.name } == database.name)
  }
}
