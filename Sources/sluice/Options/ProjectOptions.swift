import ArgumentParser
import Planning

/// Which project, environment and state a command works on.
struct ProjectOptions: ParsableArguments {
  @OptionGroup var location: LocationOptions

  @Option(name: .customLong("env"), help: "The environment (or SLUICE_ENV).", completion: .environments)
  var environment: String?
  @Option(name: .customLong("var"), help: ArgumentHelp("A variable's value.", valueName: "name=value"))
  var variables: [String] = []
  @Option(help: "The state file; default: sluice.state.json in the project.", completion: .file())
  var state: String?
  @Flag(help: "Use the project's private cluster in place of every authorizer's server.")
  var sandbox = false
  @Flag(
    help: """
      The manifests are a stranger's, as of a pull request: refuse programs, paths that leave the project, and every \
      connection but those to the sandbox.
      """)
  var untrusted = false

  mutating func validate() throws {
    if let wrong = variables.first(where: { !$0.contains("=") || $0.hasPrefix("=") }) {
      throw ValidationError("--var wants name=value, not '\(wrong)'")
    }
  }

  /// Takes up the environment and the variables that a saved plan was made with.
  mutating func take(_ plan: SavedPlan) {
    environment = plan.environment
    variables = plan.variables.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
  }

  /// The variables by name.
  var variableValues: [String: String] {
    variables.reduce(into: [:]) { values, pair in
      guard let equals = pair.firstIndex(of: "=") else { return }
      values[String(pair[..<equals])] = String(pair[pair.index(after: equals)...])
    }
  }
}
