import Subprocess
import SystemPackage
import TestSupport
import Testing

extension TestDatabase {
  /// The whole database, schema and data, as pg_dump writes it.
  func dump() async throws -> String {
    let folder = try #require(PostgresPrograms.folder)
    let result = try await run(
      .path(FilePath("\(folder)/pg_dump")), arguments: ["-h", host, "-p", "\(port)", "-U", owner, name],
      output: .string(limit: 64 << 20), error: .string(limit: 1 << 20))
    #expect(result.terminationStatus.isSuccess, "\(result.standardError)")
    // A random word guards newer dumps against what is in them.
    return result.standardOutput.split(separator: "\n", omittingEmptySubsequences: false)
      .filter { !$0.hasPrefix("\\restrict") && !$0.hasPrefix("\\unrestrict") }.joined(separator: "\n")
  }
}
