import Secrets
import Subprocess
import SystemPackage

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Shows a result that is longer than the terminal by a pager, as git does: SLUICE_PAGER, PAGER, or `less` where it is
/// there; `cat`, or nothing, shows it as it is.
struct Pager {
  private let command: [String]
  private let environment: [String: String]

  /// A pager for `text`; nothing where it fits, or where nobody turns pages.
  init?(for text: String, _ environment: [String: String]) {
    guard isatty(STDOUT_FILENO) == 1, isatty(STDIN_FILENO) == 1, environment["TERM", default: "dumb"] != "dumb",
      let rows = Terminal.size()?.rows, text.utf8.count(where: { $0 == UInt8(ascii: "\n") }) + 1 >= rows
    else { return nil }
    let named = environment["SLUICE_PAGER"] ?? environment["PAGER"] ?? "less"
    command = named.split(separator: " ").map(String.init)
    guard let program = command.first, program != "cat" else { return nil }
    self.environment = environment
  }

  /// Shows `text`, and waits until the reader has seen enough.
  ///
  /// - Returns: whether it was shown.
  func show(_ text: String) async -> Bool {
    guard let file = try? Self.unnamed(text) else { return false }
    defer { try? file.close() }
    var variables = ChildEnvironment.current
    // Colours as they are; what fits after all stays on the screen, as does what was last seen.
    variables["LESS"] = variables["LESS"] ?? "FRX"
    let configuration = Configuration(
      executable: .name(command[0]), arguments: Arguments(Array(command.dropFirst())),
      environment: .custom(
        Dictionary(variables.map { (Environment.Key(stringLiteral: $0.key), $0.value) }) { first, _ in first }))
    let result = try? await Subprocess.run(
      configuration, input: .fileDescriptor(file, closeAfterSpawningProcess: false),
      output: .fileDescriptor(.standardOutput, closeAfterSpawningProcess: false),
      error: .fileDescriptor(.standardError, closeAfterSpawningProcess: false))
    return result != nil
  }

  /// A file without a name, at its beginning: into a pipe that the reader leaves early, nothing could be written any more.
  private static func unnamed(_ text: String) throws -> FileDescriptor {
    let path = FilePath(FileManager.default.temporaryDirectory.path).appending("sluice-\(UUID().uuidString)")
    let file = try FileDescriptor.open(
      path, .readWrite, options: [.create, .exclusiveCreate, .closeOnExec], permissions: .ownerReadWrite)
    do {
      try FileManager.default.removeItem(atPath: path.string)
      try file.writeAll((text + "\n").utf8)
      try file.seek(offset: 0, from: .start)
      return file
    } catch {
      try? file.close()
      throw error
    }
  }
}
