import ArgumentParser
import Planning

/// Which flows are paused or resumed, and why.
struct PauseOptions: ParsableArguments {
  @OptionGroup var project: ProjectOptions
  @OptionGroup var output: OutputOptions
  @OptionGroup var selection: SelectionOptions
  @Argument(help: "Flows' names, or patterns of them.", completion: .flows) var flows: [String] = []
  @Option(help: ArgumentHelp("Why, for those who ask `sluice status`.", valueName: "text")) var reason: String?

  func validate() throws {
    if selection.selection(flows: flows).isOfEverything { throw ValidationError("name the flows, or give --select") }
  }
}
