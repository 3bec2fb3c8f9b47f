import ArgumentParser

/// Where the project is.
struct LocationOptions: ParsableArguments {
  @Option(name: .customShort("C"), help: "The project's folder.", completion: .directory)
  var directory = "."
}
