internal import Catalog
internal import Diagnostics
public import Manifests
internal import Postgres
internal import SystemPackage

extension Sandbox {
  /// Makes what `project` needs to find: for each authorizer its role and database, the schemas that its flows name,
  /// and what the `sandbox: init:` files make.
  ///
  /// What is there stays as it is. An `init` file that is named after an authorizer (`crm.sql`) runs in its database,
  /// any other in each database; once, until the sandbox is wiped.
  ///
  /// - Throws: `Failure` (`sandbox-not-running`, `sandbox-reserved-name`, `sandbox-init-failed`); `PostgresError`;
  ///   `CancellationError`.
  public func prepare(_ project: Project) async throws {
    let contents = try SandboxContents(of: project)
    guard let folder = try SandboxFolder.existing(of: self), folder.data != nil else { throw Self.notRunning }
    try await locked(folder) {
      let done = try await lending(Self.superuser, Self.maintenance) { try $0.makeRolesAndDatabases(contents) }
      for (name, wanted) in contents.databases.sorted(by: { $0.key < $1.key }) {
        try await lending(Self.superuser, name) { try $0.makeSchemas(wanted) }
        for file in wanted.files where !done.contains(InitRun(database: name, file: file)) {
          try await runInit(file, in: name)
        }
      }
    }
  }

  /// Runs one file, and records that it ran.
  private func runInit(_ file: String, in name: String) async throws {
    let text: String
    do { text = try Self.text(of: project.appending(file)) } catch {
      throw Failure(
        Diagnostic(.error, "sandbox-init-failed", "the file \(file) of `sandbox: init:` cannot be read: \(error)"))
    }
    do {
      try await lending(Self.owner, name) { try $0.script(text) }
    } catch let error as PostgresError where error.kind == .statement {
      throw Self.initFailed(error, text: text, file: file, database: name)
    }
    try await lending(Self.superuser, Self.maintenance) {
      _ = try $0.run("INSERT INTO init_run VALUES (\(value: name), \(value: file))")
    }
  }

  private func lending<T: Sendable>(
    _ user: String, _ name: String, _ work: @Sendable (borrowing Postgres.Database) throws -> T
  ) async throws -> T {
    let connection: Connection
    do {
      connection = try await Connection.open(parameters(user: user, database: name), timeout: .seconds(30))
    } catch let error as PostgresError where [.socketMissing, .refused].contains(error.connectFailure) {
      throw Self.notRunning
    }
    do {
      let value = try await connection.perform(work)
      await connection.close()
      return value
    } catch {
      await connection.close()
      throw error
    }
  }

  private static func text(of path: FilePath) throws -> String {
    let file = try FileDescriptor.open(path, .readOnly, options: [.closeOnExec])
    return try file.closeAfter {
      var text: [UInt8] = []
      var buffer = [UInt8](repeating: 0, count: 65_536)
      while true {
        let count = try unsafe buffer.withUnsafeMutableBytes { unsafe try file.read(into: $0) }
        if count == 0 { return String(decoding: text, as: UTF8.self) }
        text += buffer[..<count]
      }
    }
  }

  private static var notRunning: Failure {
    Failure(Diagnostic(.error, "sandbox-not-running", "the sandbox does not run", help: ["sluice sandbox start"]))
  }

  /// Puts the server's error at its place in the file, where the server gives one.
  static func initFailed(_ error: PostgresError, text: String, file: String, database: String) -> Failure {
    var place = Place(file: file, line: 1, column: 1)
    if let position = error.position {
      let before = text.unicodeScalars.prefix(max(0, position - 1))
      place.line = 1 + before.count { $0 == "\n" }
      place.column = 1 + before.reversed().prefix { $0 != "\n" }.count
      place.endLine = place.line
      place.endColumn = place.column + 1
    }
    var help = [error.detail.map { "detail: \($0)" }, error.hint.map { "hint: \($0)" }].compactMap { $0 }
    // duplicate_schema
    if error.sqlState == "42P06" {
      help.append("schemas that flows name are made before the file runs: write CREATE SCHEMA IF NOT EXISTS")
    }
    if error.sqlState == "42501" { help.append("the file runs as a role without superuser rights") }
    return Failure(
      Diagnostic(
        .error, "sandbox-init-failed",
        "\(file) fails in the sandbox's database \"\(database)\": \(error.message)"
          + (error.sqlState.map { " (SQLSTATE \($0))" } ?? ""),
        at: place, help: help))
  }
}
