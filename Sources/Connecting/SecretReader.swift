public import Diagnostics
public import Manifests
internal import Subprocess
public import SystemPackage

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Darwin
#endif

/// Finds the values that secret references stand for.
public struct SecretReader: Sendable {
  /// How long a program may take to print a secret.
  public static let timeLimit: Duration = .seconds(30)

  private let folder: FilePath
  private let environment: [String: String]

  /// Makes a reader.
  ///
  /// - Parameters:
  ///   - folder: the project's, which files are relative to.
  ///   - environment: the process's variables.
  public init(folder: FilePath, environment: [String: String]) {
    self.folder = folder
    self.environment = environment
  }

  /// The value that `reference` stands for.
  ///
  /// - Parameters:
  ///   - what: whose secret it is, for messages: `the password of authorizer wh`.
  ///   - place: where the reference stands.
  /// - Throws: `Failure` with the code `secret`; never with the value, nor with a program's output.
  public func read(_ reference: SecretReference, for what: String, at place: Place) async throws(Failure) -> Secret {
    switch reference {
    case .environment(let name):
      guard let value = environment[name] else {
        throw failure("\(what) is not set", at: place, help: ["set the environment variable \(name)"])
      }
      // libpq would take an empty value for none, and go on with defaults that nobody asked for.
      guard !value.isEmpty else {
        throw failure("\(what) is empty", at: place, help: ["give the environment variable \(name) a value"])
      }
      return Secret(value)
    case .file(let path): return try read(file: path, for: what, at: place)
    case .command(let arguments): return try await run(arguments, for: what, at: place)
    }
  }

  private func read(file path: String, for what: String, at place: Place) throws(Failure) -> Secret {
    let full = folder.pushing(FilePath(path))
    do {
      let file = try FileDescriptor.open(full, .readOnly, options: [.closeOnExec])
      return try file.closeAfter {
        var status = stat()
        guard unsafe fstat(file.rawValue, &status) == 0 else { throw Errno(rawValue: errno) }
        guard status.st_mode & S_IFMT == S_IFREG else {
          throw failure("\(what) is to be read from \(path), which is not a file", at: place)
        }
        guard status.st_mode & 0o077 == 0 else {
          throw failure(
            "\(what) is to be read from \(path), which others than its owner can read", at: place,
            help: ["chmod 600 \(path)"])
        }
        var buffer = [UInt8](repeating: 0, count: 64 << 10)
        let count = try unsafe buffer.withUnsafeMutableBytes { try unsafe file.read(into: $0) }
        return Secret(withoutNewline(String(decoding: buffer[..<count], as: UTF8.self)))
      }
    } catch let failure as Failure {
      throw failure
    } catch {
      throw failure("\(what) cannot be read from \(path): \(error)", at: place)
    }
  }

  private func run(_ arguments: [String], for what: String, at place: Place) async throws(Failure) -> Secret {
    guard let program = arguments.first else { throw failure("\(what) has an empty command", at: place) }
    let configuration = Configuration(
      executable: .name(program), arguments: Arguments(Array(arguments.dropFirst())),
      workingDirectory: folder)
    do {
      let result = try await withTimeLimit(Self.timeLimit) {
        try await Subprocess.run(configuration, output: .string(limit: 64 << 10), error: .string(limit: 4 << 10))
      }
      guard let result else {
        throw failure("\(what): `\(program)` took longer than \(Self.timeLimit)", at: place)
      }
      guard result.terminationStatus.isSuccess else {
        let words = withoutNewline(result.standardError)
        throw failure(
          "\(what): `\(program)` ended with \(result.terminationStatus)", at: place,
          help: words.isEmpty ? [] : ["it says: \(words)"])
      }
      return Secret(withoutNewline(result.standardOutput))
    } catch let failure as Failure {
      throw failure
    } catch {
      throw failure("\(what): `\(program)` could not be run: \(error)", at: place)
    }
  }

  private func failure(_ message: String, at place: Place, help: [String] = []) -> Failure {
    Failure(Diagnostic(.error, "secret", message, at: place, help: help))
  }
}

/// The text without the newline at its end.
private func withoutNewline(_ text: String) -> String {
  var text = text[...]
  if text.last?.isNewline == true { text.removeLast() }
  return String(text)
}

/// Runs `work`, and cancels it after `limit`; nothing is returned then.
private func withTimeLimit<Result: Sendable>(
  _ limit: Duration, _ work: @escaping @Sendable () async throws -> Result
) async throws -> Result? {
  try await withThrowingTaskGroup(of: Result?.self) { group in
    group.addTask { try await work() }
    group.addTask {
      try await Task.sleep(for: limit)
      return nil
    }
    defer { group.cancelAll() }
    return try await group.next() ?? nil
  }
}
