import Views

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// What is known of the terminal, decided once and handed to the views.
struct Terminal: Sendable {
  /// Whether a person can be asked: standard input and standard error are a terminal.
  var isInteractive: Bool
  /// Whether lines on standard error may be drawn anew.
  var drawsProgress: Bool
  /// The style of standard output.
  var output: Style
  /// The style of standard error.
  var errors: Style

  /// Looks at the process's streams.
  ///
  /// - Parameters:
  ///   - colour: what `--color` says.
  ///   - environment: NO_COLOR (any value but an empty one), TERM and COLUMNS are read.
  init(colour: ColourChoice, environment: [String: String]) {
    let width = Self.width(environment)
    let allowed = environment["NO_COLOR", default: ""].isEmpty && environment["TERM"] != "dumb"
    func colours(_ file: Int32) -> Bool {
      switch colour {
      case .always: true
      case .never: false
      case .auto: allowed && isatty(file) == 1
      }
    }
    isInteractive = isatty(STDIN_FILENO) == 1 && isatty(STDERR_FILENO) == 1
    drawsProgress = isatty(STDERR_FILENO) == 1 && environment["TERM"] != "dumb"
    output = Style(colour: colours(STDOUT_FILENO), width: width)
    errors = Style(colour: colours(STDERR_FILENO), width: width)
  }

  private static func width(_ environment: [String: String]) -> Int {
    size()?.columns ?? environment["COLUMNS"].flatMap { Int($0) } ?? 100
  }

  /// How large the terminal is just now; nothing where there is none, or it does not say.
  static func size() -> (columns: Int, rows: Int)? {
    var size = winsize()
    for file in [STDERR_FILENO, STDOUT_FILENO] where unsafe ioctl(file, UInt(TIOCGWINSZ), &size) == 0 {
      if size.ws_col > 0 { return (Int(size.ws_col), Int(size.ws_row)) }
    }
    return nil
  }

  /// Asks a question on the terminal.
  ///
  /// - Returns: the line that was typed; nothing at the end of the input, and where the command is cancelled meanwhile.
  func ask(_ question: String) -> String? {
    Console.draw(question)
    var input = pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0)
    // An interrupt must not wait for an answer.
    while unsafe poll(&input, 1, 100) == 0 { if Task.isCancelled { return nil } }
    return readLine()
  }
}
