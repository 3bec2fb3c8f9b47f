internal import Diagnostics
internal import SystemPackage

#if canImport(FoundationEssentials)
  internal import FoundationEssentials
#else
  internal import Foundation
#endif

/// A folder with PostgreSQL's server programs.
struct ServerPrograms: Sendable, Hashable {
  let folder: FilePath

  func path(_ program: String) -> FilePath { folder.appending(program) }

  /// Those that made the data of major version `version`, or the first that are found.
  ///
  /// - Throws: `Failure` where there are none, or none of that version.
  static func find(environment: [String: String], version: String? = nil) throws -> ServerPrograms {
    let found = candidates(environment).filter { programs in
      ["initdb", "pg_ctl", "postgres"].allSatisfy {
        FileManager.default.isExecutableFile(atPath: programs.path($0).string)
      }
    }
    guard let first = found.first else {
      throw Failure(
        Diagnostic(
          .error, "sandbox-programs-missing", "the sandbox needs PostgreSQL's programs, and there are none",
          help: [
            "apt install postgresql", "dnf install postgresql-server", "brew install postgresql",
            "looked for initdb, pg_ctl and postgres in PATH and where packages put them",
          ]))
    }
    guard let version else { return first }
    // The folders of packages have the version in their names; one that does not is taken at its word.
    return found.first { $0.folder.string.contains("/\(version)/") || $0.folder.string.contains("-\(version)/") }
      ?? first
  }

  /// psql: beside the server's programs, or where PATH has it (links to the server's programs may stand alone there).
  ///
  /// - Throws: `Failure` where there is none.
  static func psql(environment: [String: String]) throws -> FilePath {
    let found = (try? find(environment: environment)).map { [$0] } ?? []
    let psql = (found + candidates(environment)).map { $0.path("psql") }
      .first { FileManager.default.isExecutableFile(atPath: $0.string) }
    guard let psql else {
      throw Failure(
        Diagnostic(.error, "sandbox-programs-missing", "psql is not installed", help: ["apt install postgresql-client"])
      )
    }
    return psql
  }

  private static func candidates(_ environment: [String: String]) -> [ServerPrograms] {
    let path = (environment["PATH"] ?? "").split(separator: ":").filter { $0.hasPrefix("/") }.map {
      FilePath(String($0))
    }
    let packaged = [
      ("/usr/lib/postgresql", ""), ("/usr", "pgsql-"), ("/opt/homebrew/opt", "postgresql@"),
      ("/usr/local/opt", "postgresql@"), ("/Applications/Postgres.app/Contents/Versions", ""),
    ].flatMap { folder, prefix in versions(in: folder, prefix: prefix) }
    return (path + packaged).map { ServerPrograms(folder: $0) }
  }

  /// The folders `folder/prefixVERSION/bin`, the newest first.
  private static func versions(in folder: String, prefix: String) -> [FilePath] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    let versions = names.compactMap { name -> (Double, String)? in
      guard name.hasPrefix(prefix), let version = Double(name.dropFirst(prefix.count)) else { return nil }
      return (version, name)
    }
    return versions.sorted { $0.0 > $1.0 }.map { FilePath(folder).appending($0.1).appending("bin") }
  }
}
