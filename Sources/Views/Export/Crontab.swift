/// Lines for a user's crontab: one that starts `run --due` each minute.
///
/// The flows' own schedules are left to Sluice, which knows their time zones, and what a crontab cannot say of them.
public struct Crontab {
  private let runs: ScheduledRuns
  /// A file of `NAME=value` lines, as a shell reads them.
  private let environmentFile: String?

  /// Makes a crontab.
  public init(_ runs: ScheduledRuns, environmentFile: String?) {
    self.runs = runs
    self.environmentFile = environmentFile
  }

  /// Whether a crontab can hold `word`: it has no way to write an end of line.
  public static func canHold(_ word: String) -> Bool { !word.contains(where: \.isNewline) }

  /// The lines, a newline at the end.
  public var text: String {
    var lines = [
      "# Sluice, project \(runs.name): each minute, what is due. Add these lines by `crontab -e`, as the user who loads.",
      "# What fails is told on standard error, which cron sends by mail.",
    ]
    if let environmentFile {
      lines.append("# Variables come from \(environmentFile): lines of NAME=value, quoted as for a shell.")
    }
    if !runs.secrets.isEmpty {
      let how = environmentFile == nil ? "; write them to a file, and export with --environment-file FILE" : ""
      lines.append("# Needed, as cron sets next to none: \(runs.secrets.joined(separator: ", "))\(how).")
    }
    lines.append("* * * * * \(Self.escaped(command))")
    return lines.joined(separator: "\n") + "\n"
  }

  private var command: String {
    let words = [runs.program] + runs.arguments() + ["--quiet"]
    let variables = environmentFile.map { "set -a; . \(ShellWord.quoted($0)); set +a; " } ?? ""
    return
      "\(variables)PATH=\(ShellWord.quoted(path)) \(words.map(ShellWord.quoted).joined(separator: " ")) > /dev/null"
  }

  /// Where programs are looked for: secrets' and sources', and ssh.
  private var path: String {
    let folder = runs.program.lastIndex(of: "/").map { String(runs.program[..<$0]) } ?? ""
    let usual = ["/usr/local/bin", "/usr/bin", "/bin"]
    return ((folder.isEmpty || usual.contains(folder) ? [] : [folder]) + usual).joined(separator: ":")
  }

  /// The command as a crontab holds it: an end of line is written `%`, and `%` itself `\%`. A backslash before that would
  /// take its backslash away, and is kept apart by empty quotes, within which both stand.
  private static func escaped(_ command: String) -> String {
    command.replacing("\\%", with: "\\''%").replacing("%", with: "\\%")
  }
}
