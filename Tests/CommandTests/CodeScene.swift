import Foundation
import SystemPackage
import TestSupport

/// A folder and a database in which a script of `Fixtures/Codes` provokes the code that it is called after.
struct CodeScene {
  let project: TemporaryProject
  let database: TestDatabase
  /// A role that may make things in the schema public.
  let role: String
  /// Variables for the tool and for scripts.
  var environment: [String: String]

  init() async throws {
    project = try TemporaryProject()
    database = .current
    // Of one length, as lines are drawn around it.
    let number = database.name.filter(\.isNumber)
    role = "loader_" + String(repeating: "0", count: max(0, 6 - number.count)) + number
    try await database.execute(
      "CREATE ROLE \(role) LOGIN; GRANT USAGE, CREATE ON SCHEMA public TO \(role)")
    let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
    environment = [
      "DATABASE_URL": "postgresql://\(role)@/\(database.name)?host=\(database.host)&port=\(database.port)",
      "ROLE": role, "PGHOST": database.host, "PGPORT": "\(database.port)", "PGUSER": database.owner,
      "PGDATABASE": database.name, "PATH": Tool.path.removingLastComponent().string + ":" + path,
    ]
  }

  /// The names of all scripts, sorted.
  static let codes: [String] = {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.appending(path: "Codes").path)) ?? []
    return names.filter { $0.hasSuffix(".sh") }.map { $0.replacing(".sh", with: "") }.sorted()
  }()

  private static let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Fixtures")

  /// Whether a script makes calls of the system fail.
  static func needsTracer(_ code: String) -> Bool {
    let path = folder.appending(path: "Codes/\(code).sh")
    return (try? String(contentsOf: path, encoding: .utf8).contains("faulty ")) == true
  }

  /// Runs the script of `code`, and takes what it shows.
  func show(_ code: String) async throws -> String {
    try await show(script: ". \"\(Self.folder.appending(path: "Codes/\(code).sh").path)\"")
  }

  /// Runs a script, and takes what it shows.
  func show(script: String) async throws -> String {
    let prelude = ". \"\(Self.folder.appending(path: "console.sh").path)\"\n"
    let outcome = try await runTool(
      [], by: ["/bin/bash", "-c", prelude + script], in: project.path, environment: environment)
    return steady(outcome.output + outcome.error)
  }

  private var steady: SteadyText {
    SteadyText([
      (project.path.string, "/home/ann/shop"), (role, "loader"), (database.name, "shop"),
      ("\(database.name)_crm", "shop_crm"), (database.host, "/run/postgresql"),
    ])
  }
}
