import ArgumentParser
import Postgres
import Synchronization
import Tunnels

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// The command line: what each subcommand does stands in a file of its own.
@main
struct Sluice: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sluice",
    abstract: "Plan, apply and run loads into PostgreSQL from manifests in git.",
    discussion: """
      A first load, in a private cluster that needs no server and no password:
        sluice sandbox start
        sluice run --apply --yes --sandbox
      """,
    version: version,
    subcommands: [
      InitCommand.self,
      ValidateCommand.self, PlanCommand.self, ApplyCommand.self, RunCommand.self, PreviewCommand.self,
      CheckCommand.self, GrantsCommand.self, StatusCommand.self, PauseCommand.self, ResumeCommand.self,
      ReportCommand.self, StateCommand.self, ImportCommand.self, ExportCommand.self, ExplainCommand.self,
      JSONSchemaCommand.self,
      SandboxCommand.self,
    ])

  /// The version of the program, which the ledger records with each load.
  static let version = "0.1.0"

  /// Taken before the first subcommand too: `sluice -C shop plan`.
  @OptionGroup var location: LocationOptions

  /// The process's environment, as it was at the start.
  static let environment = ProcessInfo.processInfo.environment
  /// libpq's own variables, taken out of the process's environment before anything can inherit them.
  static let postgresEnvironment = PostgresEnvironment.scrub()
  /// The tunnels that the command opens.
  static let tunnels = OpenTunnels(environment: environment)

  /// The program and its subcommand, `sluice run`: what servers are told to be connected to.
  static var command: String { ["sluice", subcommand.withLock { $0 }].compactMap { $0 }.joined(separator: " ") }
  private static let subcommand = Mutex<String?>(nil)

  static func main() async {
    TunnelProgram.runIfAsked()
    // Before the command line is parsed, as a thread is started to do that. Where one of these words is something else,
    // little is lost.
    if CommandLine.arguments.contains(where: { $0 == "plan" || $0 == "validate" }) { Memory.useFewHeaps() }
    _ = environment
    DispatchLog.silence()
    _ = postgresEnvironment
    Interruption.failWritesBeyondTheLimit()
    Memory.leaveNoDump()
    let interruption = Interruption()
    let status = await interruption.run {
      let status = await runCommand()
      await tunnels.close()
      return status
    }
    Console.exit(status)
  }

  private static func runCommand() async -> Int32 {
    do {
      var command = try parseAsRoot()
      let name = type(of: command).configuration.commandName
      subcommand.withLock { $0 = name }
      if var asynchronous = command as? any AsyncParsableCommand {
        try await asynchronous.run()
      } else {
        try command.run()
      }
      return ExitStatus.done.rawValue
    } catch { return report(error) }
  }

  /// Says why a command ended, where that was not said yet.
  private static func report(_ error: any Error) -> Int32 {
    if let outcome = error as? ExitStatus { return outcome.rawValue }
    if error is CancellationError {
      Console.note("interrupted: what was under way is rolled back")
      return ExitStatus.interrupted.rawValue
    }
    let code = exitCode(for: error)
    let text = fullMessage(for: error)
    if !text.isEmpty { code.isSuccess ? Console.result(text) : Console.note(text) }
    return code.rawValue
  }
}
