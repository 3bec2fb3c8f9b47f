import ArgumentParser

/// When colours are used.
enum ColourChoice: String, ExpressibleByArgument, CaseIterable, Sendable { case auto, always, never }

/// For whom a command's output is.
enum OutputFormat: String, ExpressibleByArgument, CaseIterable, Sendable { case human, json }

/// How a command speaks.
struct OutputOptions: ParsableArguments {
  @Option(name: .customLong("output"), help: "For people, or JSON for programs.")
  var format: OutputFormat = .human
  @Option(name: .customLong("color"), help: "Colours; NO_COLOR is honoured.")
  var colour: ColourChoice = .auto
  @Flag(help: "Print results and errors only.")
  var quiet = false
  @Flag(help: "Print more: statements, unchanged resources.")
  var verbose = false
}
