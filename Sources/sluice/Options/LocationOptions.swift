import ArgumentParser

/// Where the project is.
struct LocationOptions: ParsableArguments {
  @Option(
    name: .customShort("C"), help: ArgumentHelp("The project's folder.", valueName: "dir"), completion: .directory)
  var directory = "."
}
