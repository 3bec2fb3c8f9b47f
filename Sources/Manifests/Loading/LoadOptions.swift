public import Diagnostics

/// What a user may say about how a project is loaded.
public struct LoadOptions: Hashable, Sendable {
  /// `--env`; nothing: `SLUICE_ENV`.
  public var environment: String?
  /// `--var name=value`.
  public var variables: [String: String]
  /// Whether the manifests are a stranger's: programs, and paths that leave the project, are errors.
  public var isUntrusted: Bool
  /// The process's environment, of which `SLUICE_ENV` and `SLUICE_VAR_...` alone are read.
  public var processEnvironment: [String: String]

  /// Makes options; nothing is chosen unless said.
  public init(
    environment: String? = nil, variables: [String: String] = [:], processEnvironment: [String: String] = [:],
    isUntrusted: Bool = false
  ) {
    self.environment = environment
    self.variables = variables
    self.processEnvironment = processEnvironment
    self.isUntrusted = isUntrusted
  }
}

/// A project as its manifests describe it, and all that is wrong with them.
public struct LoadedProject: Sendable {
  /// What could be read. Where a diagnostic is an error, something in it is missing or a default.
  public var project: Project
  /// Sorted by place, each once.
  public var diagnostics: [Diagnostic]
  /// The number of files that were looked at, sluice.yaml included.
  public var files: Int

  /// A project of which nothing is wrong.
  public init(_ project: Project) { self.init(project: project, diagnostics: [], files: 0) }

  init(project: Project, diagnostics: [Diagnostic], files: Int) {
    self.project = project
    self.diagnostics = diagnostics
    self.files = files
  }

  /// Whether a diagnostic is an error: nothing must be done with the project but to show them.
  public var hasErrors: Bool { diagnostics.contains { $0.severity == .error } }
}
