import ArgumentParser

/// When colours are used.
enum ColourChoice: String, ExpressibleByArgument, CaseIterable, Sendable { case auto, always, never }

/// For whom a command's output is.
enum OutputFormat: String, ExpressibleByArgument, CaseIterable, Sendable { case human, json }

/// For whom the output of a command is that has a part in reviews of changes.
enum ReviewFormat: String, ExpressibleByArgument, CaseIterable, Sendable { case human, json, github, sarif, markdown }

/// How a command speaks.
struct OutputOptions: ParsableArguments {
  @Option(name: .customLong("output"), help: "For people, or JSON for programs.")
  var format: OutputFormat = .human
  @OptionGroup var manner: MannerOptions
}

/// How a command speaks that has a part in reviews of changes.
struct ReviewOutputOptions: ParsableArguments {
  @Option(
    name: .customLong("output"),
    help: """
      For people, JSON for programs, annotations for GitHub's runner, SARIF for code scanning, or Markdown for a comment.
      """)
  var format: ReviewFormat = .human
  @OptionGroup var manner: MannerOptions
}

/// How much is said, and in which colours.
struct MannerOptions: ParsableArguments {
  @Option(name: .customLong("color"), help: "Colours; NO_COLOR is honoured.")
  var colour: ColourChoice = .auto
  @Flag(help: "Print results and errors only.")
  var quiet = false
  @Flag(help: "Print more: statements, unchanged resources.")
  var verbose = false
}
