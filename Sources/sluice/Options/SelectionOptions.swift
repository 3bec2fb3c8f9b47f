import ArgumentParser
import Planning

/// Which resources a command works on.
struct SelectionOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Only these, and what they need: an address, a pattern of addresses, or a label.", valueName: "what"),
    completion: .selectable)
  var select: [String] = []
  @Option(
    help: ArgumentHelp("Not these: an address, a pattern of addresses, or a label.", valueName: "what"),
    completion: .selectable)
  var exclude: [String] = []

  /// The selection that these make, with a command's arguments.
  func selection(flows: [String] = []) -> Selection {
    Selection(flows: flows, select: select, exclude: exclude)
  }

  /// The same options, as they are written.
  var arguments: [String] {
    select.flatMap { ["--select", $0] } + exclude.flatMap { ["--exclude", $0] }
  }
}

/// Whose columns are inferred anew.
struct InferenceOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Look into the sources of this flow for columns once more: a name, or a pattern of names.", valueName: "flow"),
    completion: .flows)
  var reinfer: [String] = []
}
