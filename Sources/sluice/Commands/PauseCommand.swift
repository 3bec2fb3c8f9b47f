import ArgumentParser
import Diagnostics
import Loading
import Planning
import Views

/// `sluice pause`: makes runs pass over flows.
struct PauseCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "pause", abstract: "Pause flows: runs pass them over, on every machine, until they are resumed.",
    discussion: """
      It is recorded in the ledger, not in git: who, when, from where and why. `run --due`, and runs that do not name the \
      flow, pass it over and say so; `sluice run FLOW` loads it all the same, by hand, and it stays paused. A load that is \
      under way is not stopped. To leave a flow out for good, write `enabled: false` in its manifest.

      Example:
        sluice pause orders --reason 'the source moves'
      """)

  @OptionGroup var options: PauseOptions

  func run() async throws {
    try await FlowSwitching(options).run { flows in
      try await flows.pause(reason: options.reason)
    } words: { change in
      if let paused = change.before.paused { return "was \(StatusView.pause(paused)) already" }
      return change.before.isEnabled ? "is paused" : "is paused, and has `enabled: false` besides"
    }
  }
}

/// `sluice resume`: ends that flows are paused, or broken.
struct ResumeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "resume", abstract: "Resume flows that are paused or broken: what failed before does not count.",
    discussion: """
      The next `sluice run --due` loads them again; slots that were missed meanwhile are caught up by one load. The slot \
      that a broken flow failed on is not tried once more: `sluice run FLOW` does that.

      Example:
        sluice resume orders
      """)

  @OptionGroup var options: PauseOptions

  func run() async throws {
    try await FlowSwitching(options).run { flows in
      try await flows.resume(reason: options.reason)
    } words: { change in
      switch (change.before.paused, change.before.isBroken) {
      case (nil, false): "is neither paused nor broken"
      case (nil, true): "is no longer broken"
      case (_?, false): "is no longer paused"
      case (_?, true): "is no longer paused, nor broken"
      }
    }
  }
}
