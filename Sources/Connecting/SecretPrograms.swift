internal import Secrets
internal import Subprocess
internal import SystemPackage

/// Runs the programs that print secrets, each once.
actor SecretPrograms {
  typealias Outcome = Result<Secret, SecretProblem>

  private let folder: FilePath
  private let timeLimit: Duration
  private var runs: [[String]: Task<Outcome, Never>] = [:]

  private static let outputLimit = 64 << 10
  private static let errorLimit = 64 << 10

  init(folder: FilePath, timeLimit: Duration) {
    self.folder = folder
    self.timeLimit = timeLimit
  }

  /// What the program prints, without the newline at its end; a run that is under way already is waited for.
  func output(of arguments: [String]) async -> Outcome {
    let run = runs[arguments] ?? Task { await Self.run(arguments, in: folder, timeLimit) }
    runs[arguments] = run
    return await withTaskCancellationHandler {
      await run.value
    } onCancel: {
      run.cancel()
    }
  }

  private static func run(_ arguments: [String], in folder: FilePath, _ limit: Duration) async -> Outcome {
    guard let program = arguments.first else { return .failure(SecretProblem("has an empty command")) }
    var options = PlatformOptions()
    // A session of its own: what it starts itself ends with it, and one that would ask at the terminal fails.
    options.createSession = true
    options.teardownSequence = [.gracefulShutDown(toProcessGroup: true, allowedDurationToNextStep: .seconds(1))]
    let variables = ChildEnvironment.current.map { (Environment.Key(stringLiteral: $0.key), $0.value) }
    let configuration = Configuration(
      executable: .name(program), arguments: Arguments(Array(arguments.dropFirst())),
      environment: .custom(Dictionary(variables) { $1 }), workingDirectory: folder, platformOptions: options)
    do {
      let result = try await withTimeLimit(limit) {
        try await Subprocess.run(
          configuration, output: .bytes(limit: outputLimit), error: .bytes(limit: errorLimit))
      }
      guard let result else { return .failure(SecretProblem("did not come: `\(program)` took longer than \(limit)")) }
      let output = result.standardOutput
      guard result.terminationStatus.isSuccess else {
        let words = said(result.standardError, besides: output)
        return .failure(
          SecretProblem(
            "did not come: `\(program)` \(Self.words(result.terminationStatus))",
            help: words.isEmpty ? [] : ["it says: \(words)"]))
      }
      return .success(try Secret(bytes: output, from: "the output of `\(program)`"))
    } catch let problem as SecretProblem {
      return .failure(problem)
    } catch {
      return .failure(SecretProblem("did not come: `\(program)` could not be run: \(error)"))
    }
  }

  /// What a program that failed says on standard error, but for what it printed, which may be the secret all the same.
  private static func said(_ error: [UInt8], besides output: [UInt8]) -> String {
    let printed = Secret(String(decoding: output, as: UTF8.self))
    var words = Redaction.redacted(String(decoding: error, as: UTF8.self))
    // A short one too: nothing but a secret is expected there.
    printed.reveal { text in
      for line in text.split(whereSeparator: \.isNewline) { words = words.replacing(line, with: Redaction.mark) }
    }
    if words.last?.isNewline == true { words.removeLast() }
    return words
  }

  private static func words(_ status: TerminationStatus) -> String {
    switch status {
    case .exited(let code): "ended with status \(code)"
    case .signaled(let signal): "was ended by signal \(signal)"
    }
  }
}
