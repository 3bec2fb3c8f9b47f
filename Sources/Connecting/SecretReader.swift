public import Diagnostics
public import Manifests
public import Secrets
public import SystemPackage

/// Finds the values that secret references stand for.
///
/// A copy shares what programs have printed: each is run once, however many connections want what it prints.
public struct SecretReader: Sendable {
  /// How long a program may take to print a secret.
  public static let timeLimit: Duration = .seconds(30)

  private let folder: FilePath
  private let environment: [String: String]
  private let programs: SecretPrograms

  /// Makes a reader.
  ///
  /// - Parameters:
  ///   - folder: the project's, which files are relative to.
  ///   - environment: the process's variables.
  ///   - timeLimit: how long a program may take.
  public init(folder: FilePath, environment: [String: String], timeLimit: Duration = timeLimit) {
    self.folder = folder
    self.environment = environment
    programs = SecretPrograms(folder: folder, timeLimit: timeLimit)
  }

  /// The value that `reference` stands for; never an empty one.
  ///
  /// - Parameters:
  ///   - what: whose secret it is, for messages: `the password of authorizer wh`.
  ///   - place: where the reference stands.
  /// - Throws: `Failure` with the code `secret`; never with the value, nor with a program's output.
  public func read(_ reference: SecretReference, for what: String, at place: Place) async throws(Failure) -> Secret {
    do throws(SecretProblem) {
      switch reference {
      case .environment(let name): return try read(variable: name)
      case .file(let path): return try SecretFile(name: path, path: folder.pushing(FilePath(path))).read()
      case .command(let arguments): return try await programs.output(of: arguments).get()
      }
    } catch {
      throw Failure(Diagnostic(.error, "secret", "\(what) \(error.message)", at: place, help: error.help))
    }
  }

  private func read(variable name: String) throws(SecretProblem) -> Secret {
    guard let value = environment[name] else {
      throw SecretProblem("is not set", help: ["set the environment variable \(name)"])
    }
    guard !value.isEmpty else {
      throw SecretProblem("is empty", help: ["give the environment variable \(name) a value"])
    }
    return Secret(value)
  }
}

/// Why there is no secret, as the rest of a sentence that starts with whose it is.
struct SecretProblem: Error, Hashable {
  var message: String
  var help: [String]

  init(_ message: String, help: [String] = []) {
    self.message = message
    self.help = help
  }
}

extension Secret {
  /// What a file or a program gave, without the newline at its end.
  ///
  /// - Throws: where libpq would take something else for it: it ends at a NUL, and an empty one is none, so that it goes
  ///   on with defaults that nobody asked for.
  init(bytes: [UInt8], from origin: String) throws(SecretProblem) {
    guard var text = String(validating: bytes, as: UTF8.self), !bytes.contains(0) else {
      throw SecretProblem("cannot be taken from \(origin): it is no text in UTF-8")
    }
    if text.last?.isNewline == true { text.removeLast() }
    guard !text.isEmpty else { throw SecretProblem("is empty: \(origin) holds nothing") }
    self.init(text)
  }
}
