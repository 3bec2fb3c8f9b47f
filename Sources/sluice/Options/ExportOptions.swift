import ArgumentParser
import Views

/// Which flows a scheduler is to run, and of which project.
struct ExportOptions: ParsableArguments {
  @OptionGroup var project: ProjectOptions
  @OptionGroup var output: OutputOptions
  @OptionGroup var selection: SelectionOptions
  @Argument(help: "Flows' names, or patterns of them; default: all that have a schedule.", completion: .flows)
  var flows: [String] = []

  func validate() throws {
    if output.format == .json { throw ValidationError("what a scheduler reads is no JSON: leave out --output") }
  }
}

/// How a scheduler of this machine starts Sluice.
struct ProgramOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp("Sluice's program; default: the one that runs now.", valueName: "path"), completion: .file())
  var program: String?
  @Option(
    help: ArgumentHelp(
      "A file of NAME=value lines with the variables that loads need; it is not read now.", valueName: "file"),
    completion: .file())
  var environmentFile: String?
}
