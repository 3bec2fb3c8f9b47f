import ArgumentParser
import Manifests
import State

/// How a command that writes the state takes its lock.
struct LockOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "How long to wait while another command writes the state, as in 30s or 10m; default: not at all.",
      valueName: "duration"),
    transform: { text in
      guard let duration = DurationText.duration(text) else {
        throw ValidationError("a duration such as 30s, 5m or 1h is wanted, not '\(text)'")
      }
      return duration
    })
  var lockTimeout: Duration = .zero

  /// Locks `store` for `command`.
  func open(_ store: StateFile, for command: String, _ speaker: Speaker) async throws -> any StateSession {
    try await store.open(command: command, waiting: lockTimeout) { speaker.note($0) }
  }
}
