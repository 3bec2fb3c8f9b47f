internal import Foundation

/// Finds PostgreSQL's programs: pg_config, then Debian's folders (newest first), then PATH.
public enum PostgresPrograms {
  /// The folder that holds initdb and postgres, if there is one.
  public static let folder: String? = {
    let files = FileManager.default
    func isServer(_ folder: String) -> Bool {
      ["initdb", "pg_ctl", "postgres"].allSatisfy { files.isExecutableFile(atPath: "\(folder)/\($0)") }
    }
    let debian = "/usr/lib/postgresql"
    let versions = ((try? files.contentsOfDirectory(atPath: debian)) ?? [])
      .sorted { (Double($0) ?? 0) > (Double($1) ?? 0) }.map { "\(debian)/\($0)/bin" }
    let path = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").map(String.init)
    return ([configured ?? ""] + versions + path).first(where: isServer)
  }()

  private static let configured: String? = {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["pg_config", "--bindir"]
    let output = Pipe()
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    guard (try? process.run()) != nil, let data = try? output.fileHandleForReading.readToEnd() else { return nil }
    process.waitUntilExit()
    return String(decoding: data, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
  }()
}
