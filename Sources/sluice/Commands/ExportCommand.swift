import ArgumentParser
import Diagnostics
import SystemPackage
import Views

/// `sluice export`: what an existing scheduler needs.
struct ExportCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export", abstract: "Write what an existing scheduler needs to load flows by their schedules.",
    discussion: """
      All of them call `sluice run --due`, which loads each slot once, however often and on however many machines it is \
      called: a call too many costs a look at the ledgers. Write it again once apply has changed a schedule (cron: never).

      Example:
        sluice export cron
      """,
    subcommands: [ExportCronCommand.self, ExportSystemdCommand.self, ExportKubernetesCommand.self])
}

struct ExportCronCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "cron", abstract: "Write a line for a crontab that loads, each minute, what is due.",
    discussion: """
      Flows keep their own schedules and time zones, which a crontab could not say.

      Example:
        sluice export cron
      """)

  @OptionGroup var options: ExportOptions
  @OptionGroup var program: ProgramOptions

  func run() async throws {
    let exporter = Exporter(options)
    do {
      let runs = try await exporter.runs(program: program.program)
      let file = program.environmentFile.map(Exporter.absolute)
      if let word = ([runs.program, file ?? ""] + runs.options).first(where: { !Crontab.canHold($0) }) {
        throw Failure(
          Diagnostic(
            .error, "export-path", "a crontab cannot hold `\(word)`, which has more than one line",
            help: ["use `sluice export systemd`, or rename the folder"]))
      }
      exporter.speaker.result(Crontab(runs, environmentFile: file).text)
    } catch let failure as Failure { throw exporter.speaker.stop(failure) }
  }
}

struct ExportSystemdCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "systemd", abstract: "Write a service and a timer for each flow, and a pair for what they leave.",
    discussion: """
      A flow's timer starts `run --due` for it at its slots; the pair called sluice-PROJECT--due does each minute for what \
      comes late, was missed, or waits for a file. What a flow comes after (`after:`) is part of its run.

      Example:
        sluice export systemd --user sluice --out units
      """)

  @OptionGroup var options: ExportOptions
  @OptionGroup var program: ProgramOptions
  @Option(help: ArgumentHelp("Who loads; default: you.", valueName: "name")) var user: String?
  @Option(
    help: ArgumentHelp("The folder that units are written to; default: standard output.", valueName: "dir"),
    completion: .directory)
  var out: String?

  func run() async throws {
    let exporter = Exporter(options)
    do {
      let runs = try await exporter.runs(program: program.program)
      let units = SystemdUnits(
        runs, folder: exporter.workspace.folder.string, user: user ?? Workspace.userName,
        environmentFile: program.environmentFile.map(Exporter.absolute))
      guard let out else {
        let texts = units.units.map { "# /etc/systemd/system/\($0.name)\n\($0.text)" }
        exporter.speaker.result(texts.joined(separator: "\n"))
        return
      }
      for unit in units.units { try ExportedFile(unit.name, in: out).write(unit.text) }
      exporter.speaker.note("Written to \(out): \(count(units.units.count, "unit")). To put them to use:")
      for note in units.notes(in: out) { exporter.speaker.note("  \(note)") }
    } catch let failure as Failure { throw exporter.speaker.stop(failure) }
  }
}

struct ExportKubernetesCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "kubernetes", abstract: "Write a CronJob for each flow, and one for what they leave.",
    discussion: """
      A flow's CronJob starts `run --due` for it at its slots; the one called sluice-PROJECT--due does every five minutes \
      for what comes late, was missed, or waits for a file. What a flow comes after (`after:`) is part of its run.

      Example:
        sluice export kubernetes --image registry.example.com/shop:1
      """)

  @OptionGroup var options: ExportOptions
  @Option(help: ArgumentHelp("The image that has Sluice and the project.", valueName: "image")) var image: String
  @Option(help: ArgumentHelp("The project's folder in the image.", valueName: "path")) var mount = "/project"
  @Option(help: ArgumentHelp("Sluice's program in the image.", valueName: "path")) var program = "sluice"
  @Option(
    help: ArgumentHelp(
      "The Secret with the variables that manifests name; default: called after the project.", valueName: "name"))
  var secret: String?

  func validate() throws {
    if !mount.hasPrefix("/") { throw ValidationError("--mount wants a path from / on, not '\(mount)'") }
    if options.project.sandbox { throw ValidationError("a sandbox is of one machine: leave out --sandbox") }
  }

  func run() async throws {
    let exporter = Exporter(options)
    do {
      let runs = try await exporter.runs(program: program, folder: mount)
      exporter.speaker.result(KubernetesObjects(runs, image: image, mount: mount, secret: secret).text)
    } catch let failure as Failure { throw exporter.speaker.stop(failure) }
  }
}
