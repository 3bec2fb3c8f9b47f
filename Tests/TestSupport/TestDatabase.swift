internal import Catalog
public import Postgres
internal import Synchronization
public import Testing

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// A database that one test has for itself.
public struct TestDatabase: Sendable {
  /// The cluster that it is in.
  public let cluster: Cluster
  /// Its name.
  public let name: String

  /// The socket's folder.
  public var host: String { cluster.host }
  /// The number in the socket's name.
  public var port: Int { cluster.port }
  /// A superuser, who owns the database.
  public var owner: String { cluster.superuser }

  /// The parameters to connect as `user` (nothing: the owner).
  public func parameters(user: String? = nil, password: String? = nil) -> ConnectionParameters {
    var parameters = ConnectionParameters([
      ("host", host), ("port", String(port)), ("dbname", name), ("user", user ?? owner),
    ])
    parameters["password"] = password
    return parameters
  }

  /// Connects as `user` (nothing: the owner).
  public func connect(as user: String? = nil, password: String? = nil) async throws -> Connection {
    try await Connection.open(parameters(user: user, password: password), timeout: .seconds(30))
  }

  /// Runs `work` on a connection of its own as `user` (nothing: the owner).
  @discardableResult
  public func perform<T: Sendable>(
    as user: String? = nil, _ work: @Sendable (borrowing Database) throws -> T
  ) async throws -> T {
    let connection = try await connect(as: user)
    do {
      let value = try await connection.perform(work)
      await connection.close()
      return value
    } catch {
      await connection.close()
      throw error
    }
  }

  /// Runs any number of statements as `user` (nothing: the owner).
  public func execute(_ script: String, as user: String? = nil) async throws {
    try await perform(as: user) { try $0.script(script) }
  }

  /// The rows of a query, each value as text.
  public func rows(_ sql: SQL, as user: String? = nil) async throws -> [[String?]] {
    try await perform(as: user) { database in
      try database.rows(sql) { row in (0..<row.count).map { row.text($0) } }
    }
  }

  /// The first value of a query's first row.
  public func value(_ sql: SQL, as user: String? = nil) async throws -> String? {
    try await rows(sql, as: user).first?.first ?? nil
  }

  /// The rows of a query, a line each, with `|` between the values and nothing for NULL, as psql prints them.
  public func text(_ query: String, as user: String? = nil) async throws -> String {
    try await rows(SQL(raw: query), as: user).map { row in row.map { $0 ?? "" }.joined(separator: "|") }
      .joined(separator: "\n")
  }

  /// Opens a session that stays open, for locks and transactions that a test holds.
  public func session(as user: String? = nil) async throws -> TestSession {
    TestSession(connection: try await connect(as: user))
  }

  /// Makes a role that may log in and nothing else.
  ///
  /// - Parameter password: with one, the role is let in only with it.
  /// - Returns: its name, which no other test uses.
  public func createRole(_ stem: String = "role", password: String? = nil) async throws -> String {
    let role = Self.uniqueName(stem)
    let sql = "CREATE ROLE \(Identifier(role).sql) LOGIN"
    guard let password else {
      try await execute(sql)
      return role
    }
    try await execute("\(sql) PASSWORD \(Literal(password).sql) IN ROLE needs_password")
    return role
  }

  /// A name that nothing else in the cluster has.
  public static func uniqueName(_ stem: String) -> String { "\(stem)_\(counter.add(1, ordering: .relaxed).newValue)" }

  private static let counter = Atomic(0)

  /// The database of the test that is running, by the trait `.freshDatabase`.
  public static var current: TestDatabase {
    guard let database = FreshDatabase.database else { preconditionFailure("the test has no trait .freshDatabase") }
    return database
  }
}

/// A session that a test holds open.
public struct TestSession: Sendable {
  fileprivate let connection: Connection

  /// Runs any number of statements.
  public func execute(_ script: String) async throws { try await connection.perform { try $0.script(script) } }

  /// Ends it; what it holds is free then.
  public func close() async { await connection.close() }
}

/// Lends `body` a database of its own, and drops it afterwards, whatever happened.
public func withDatabase<T>(_ body: (TestDatabase) async throws -> T) async throws -> T {
  let cluster = try await Cluster.shared()
  let database = TestDatabase(cluster: cluster, name: TestDatabase.uniqueName("db"))
  let maintenance = TestDatabase(cluster: cluster, name: "postgres")
  try await maintenance.perform { try $0.run("CREATE DATABASE \(identifier: Identifier(database.name))") }
  func drop() async throws {
    try await maintenance.perform {
      try $0.run("DROP DATABASE IF EXISTS \(identifier: Identifier(database.name)) WITH (FORCE)")
    }
  }
  do {
    let value = try await body(database)
    try await drop()
    return value
  } catch {
    try await drop()
    throw error
  }
}

/// Gives each test case a database of its own, `TestDatabase.current`.
public struct FreshDatabase: TestTrait, SuiteTrait, TestScoping {
  @TaskLocal static var database: TestDatabase?

  /// On a suite: once for each test in it.
  public var isRecursive: Bool { true }

  /// Makes the database, runs the test, and drops the database.
  public func provideScope(
    for test: Test, testCase: Test.Case?, performing body: @concurrent @Sendable () async throws -> Void
  ) async throws {
    guard testCase != nil else { return try await body() }
    await Turns.shared.take()
    do {
      try await withDatabase { database in
        try await Self.$database.withValue(database) { try await body() }
      }
      await Turns.shared.giveBack()
    } catch {
      await Turns.shared.giveBack()
      throw error
    }
  }
}

extension Trait where Self == FreshDatabase {
  /// Gives each test case a database of its own, `TestDatabase.current`.
  public static var freshDatabase: FreshDatabase { FreshDatabase() }
}
