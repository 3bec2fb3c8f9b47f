import Diagnostics
import JSON
import Loading
import Manifests
import SystemPackage
import Views

/// Says what a command has to say: results on standard output, diagnostics on standard error, or all of it as JSON.
struct Speaker: Sendable {
  let format: ReviewFormat
  let isQuiet: Bool
  let isVerbose: Bool
  let terminal: Terminal
  let folder: FilePath
  /// The project's folder as the command line has it.
  let directory: String
  /// Nothing where all files may be shown.
  private let bounds: ProjectBounds?
  private let environment: [String: String]

  init(_ options: OutputOptions, _ workspace: Workspace) {
    self.init(options.format == .json ? .json : .human, options.manner, workspace)
  }

  init(_ options: ReviewOutputOptions, _ workspace: Workspace) {
    self.init(options.format, options.manner, workspace)
  }

  private init(_ format: ReviewFormat, _ manner: MannerOptions, _ workspace: Workspace) {
    self.format = format
    isQuiet = manner.quiet
    isVerbose = manner.verbose
    terminal = Terminal(colour: manner.colour, environment: workspace.environment)
    environment = workspace.environment
    folder = workspace.folder
    directory = workspace.options.location.directory
    bounds = workspace.options.untrusted ? ProjectBounds(of: workspace.folder) : nil
    if isHuman, !isQuiet, terminal.drawsProgress { StatusLine.show(colour: terminal.errors.colour) }
  }

  /// For a command that works on no project.
  init(_ options: OutputOptions, environment: [String: String]) {
    format = options.format == .json ? .json : .human
    isQuiet = options.manner.quiet
    isVerbose = options.manner.verbose
    terminal = Terminal(colour: options.manner.colour, environment: environment)
    self.environment = environment
    folder = "."
    directory = "."
    bounds = nil
  }

  /// Whether people read it.
  var isHuman: Bool { format == .human }

  /// Prints a result for people.
  func result(_ text: String) { if isHuman { Console.result(text) } }

  /// Prints a result for people to read at leisure: on a terminal that it does not fit, a screen at a time.
  func page(_ text: String) async {
    guard isHuman else { return }
    if let pager = Pager(for: text, environment), await pager.show(text) { return }
    Console.result(text)
  }

  /// Prints something for people that is no result, unless they want quiet.
  func note(_ text: String) { if isHuman, !isQuiet { Console.note(text.printable(keepingNewlines: true)) } }

  /// Prints a JSON document.
  func document(_ json: @autoclosure () -> JSONValue) {
    if format == .json { Console.result(json().text(.document)) }
  }

  /// Prints a line of a JSON stream.
  func line(_ json: JSONValue) { if format == .json { Console.result(json.text(.line)) } }

  /// Shows diagnostics to people, and counts them.
  ///
  /// - Parameter files: how many files were looked at, where that means something.
  func show(_ diagnostics: [Diagnostic], files: Int? = nil) {
    guard isHuman else { return }
    let shown = isQuiet ? diagnostics.filter { $0.severity == .error } : diagnostics
    guard !shown.isEmpty else { return }
    let renderer = DiagnosticRenderer(style: terminal.errors, source: source(for: diagnostics))
    Console.note(renderer.text(shown.sorted()))
    Console.note("\n" + terminal.errors.summaryLine(of: shown, files: files))
  }

  /// Shows what keeps a command from going on, and ends it.
  ///
  /// - Parameter document: the command's JSON with the failure in it.
  func stop(_ failure: Failure, document: (([Diagnostic]) -> JSONValue)? = nil) -> ExitStatus {
    show(failure.diagnostics)
    review(failure.diagnostics)
    if let document {
      self.document(document(failure.diagnostics))
    } else {
      line(["event": "failed", "diagnostics": .array(failure.diagnostics.map(diagnosticJSON))])
    }
    return .failed
  }

  /// The lines of files, as far as they may be shown beside `diagnostics`.
  func source(for diagnostics: [Diagnostic]) -> (String) -> [String]? {
    // What was written where a secret's reference belongs may be the secret.
    let secrets = diagnostics.filter { $0.code == "plain-text-secret" }.compactMap(\.place)
    // What a link to elsewhere stands for is none of the project's business.
    let strangers = Set(diagnostics.filter { $0.code == "not-a-regular-file" }.compactMap(\.place?.file))
    return { file in
      strangers.contains(file)
        ? nil : lines(of: file).map { hiding(secrets.filter { $0.file == file }, in: $0) }
    }
  }

  /// The lines of a file of the project, or of one that a diagnostic names by its whole path.
  private func lines(of file: String) -> [String]? {
    if let bounds, !bounds.contain(file) { return nil }
    let path = folder.pushing(FilePath(file))
    guard let descriptor = try? FileDescriptor.open(path, .readOnly, options: [.closeOnExec, .nonBlocking]) else {
      return nil
    }
    return try? descriptor.closeAfter {
      var buffer = [UInt8](repeating: 0, count: 1 << 20)
      let count = try unsafe buffer.withUnsafeMutableBytes { try unsafe descriptor.read(into: $0) }
      return String(decoding: decompressed(Array(buffer[..<count]), atMost: 1 << 20), as: UTF8.self)
        .split(omittingEmptySubsequences: false) { $0.isNewline }.map(String.init)
    }
  }
}
