internal import Connecting
internal import Diagnostics
internal import JSON
internal import Manifests
internal import OrderedCollections
internal import Planning
internal import Secrets
internal import Subprocess
internal import SystemPackage

/// Tells the programs of `notify:` what has happened to a flow.
struct NotifierRun: Sendable {
  let project: Project
  let run: FlowRun

  /// How long a program has for it.
  private static let timeLimit = Duration.seconds(10)
  private static let outputLimit = 64 << 10

  /// Runs the programs that are to be told of the news of `outcome`, one after the other.
  ///
  /// - Returns: a warning for each that failed; a load is what it is, whoever was told.
  func tell(_ outcome: LoadOutcome) async -> [Diagnostic] {
    var warnings: [Diagnostic] = []
    for event in outcome.news {
      for (notifier, place) in zip(project.notifiers, project.notifierPlaces) where notifier.events.contains(event) {
        guard let problem = await problem(notifier.command, message(event, outcome).text(.line)) else { continue }
        warnings.append(
          Diagnostic(
            .warning, "notify-failed",
            "`\(notifier.command[0])` was not told that flow/\(outcome.flow) \(event.words): \(problem)", at: place))
      }
    }
    return warnings
  }

  /// What a program reads: no secret, and no value of a row.
  private func message(_ event: Notifier.Event, _ outcome: LoadOutcome) -> JSONValue {
    [
      "formatVersion": 1, "event": .string(event.rawValue), "project": .string(project.name),
      "environment": .string(project.environment), "sandbox": .bool(run.isInSandbox),
      "flow": .string(outcome.flow),
      "status": .string(status(event, outcome).rawValue),
      "load": .string(outcome.load), "slot": .string(outcome.slot), "error": error(outcome), "host": .string(run.host),
      "time": .string(currentTime()), "brokenRules": brokenRules(outcome),
    ]
  }

  private func status(_ event: Notifier.Event, _ outcome: LoadOutcome) -> FlowStatus.Word {
    if outcome.news.contains(.broken) { return .broken }
    return outcome.status == .failed ? .retrying : .live
  }

  /// The rules that do not hold, and by how many rows.
  private func brokenRules(_ outcome: LoadOutcome) -> JSONValue {
    .array(
      outcome.quality.filter { !$0.holds }.map { result in
        [
          "rule": .string(result.rule), "action": .string(result.action.rawValue), "broken": .int(result.broken),
          "rows": .int(result.rows),
        ]
      })
  }

  /// Why it failed, as the ledger has it: the diagnostic's own words may hold a value.
  private func error(_ outcome: LoadOutcome) -> JSONValue {
    guard let error = outcome.error else { return .null }
    let place: JSONValue =
      error.place.map { ["file": .string($0.file), "line": .int($0.line), "column": .int($0.column)] } ?? .null
    return [
      "severity": .string(error.severity.rawValue), "code": .string(error.code),
      "message": .string(outcome.ledgerMessage ?? error.code), "place": place,
    ]
  }

  /// Why `command` did not take `input`; nothing where it did.
  private func problem(_ command: [String], _ input: String) async -> String? {
    var options = PlatformOptions()
    // A session of its own: what it starts itself ends with it, and one that would ask at the terminal fails.
    options.createSession = true
    options.teardownSequence = [.gracefulShutDown(toProcessGroup: true, allowedDurationToNextStep: .seconds(1))]
    let variables = ChildEnvironment.current.map { (Environment.Key(stringLiteral: $0.key), $0.value) }
    let configuration = Configuration(
      executable: .name(command[0]), arguments: Arguments(Array(command.dropFirst())),
      environment: .custom(Dictionary(variables) { $1 }), workingDirectory: run.folder, platformOptions: options)
    do {
      let message = try Self.filledPipe(input + "\n")
      defer { try? message.close() }
      let result = try await withTimeLimit(Self.timeLimit) {
        try await Subprocess.run(
          configuration, input: .fileDescriptor(message, closeAfterSpawningProcess: false), output: .discarded,
          error: .bytes(limit: Self.outputLimit))
      }
      guard let result else { return "it took longer than \(Self.timeLimit.components.seconds) s" }
      if result.terminationStatus.isSuccess { return nil }
      let words =
        Redaction.redacted(String(decoding: result.standardError, as: UTF8.self))
        .split(whereSeparator: \.isNewline).last.map { ": \($0)" } ?? ""
      return "\(Self.words(result.terminationStatus))\(words)"
    } catch let error as SubprocessError where error.code == .executableNotFound {
      return "there is no such program"
    } catch { return "\(error)" }
  }

  /// The end to read from of a pipe that holds `text`, which is shorter than any pipe: a program that ends without reading
  /// it would else end Sluice too, by SIGPIPE.
  private static func filledPipe(_ text: String) throws -> FileDescriptor {
    let (reader, writer) = try ProgramStream.pipe(for: "notify")
    do { try writer.closeAfter { _ = try writer.writeAll(text.utf8) } } catch {
      try? reader.close()
      throw error
    }
    return reader
  }

  private static func words(_ status: TerminationStatus) -> String {
    switch status {
    case .exited(let code): "it ended with status \(code)"
    case .signaled(let signal): "it was ended by signal \(signal)"
    }
  }
}

extension Notifier.Event {
  /// Half a sentence.
  fileprivate var words: String {
    switch self {
    case .broken: "is broken"
    case .recovered: "has recovered"
    case .quality: "has rows that break its rules"
    }
  }
}
