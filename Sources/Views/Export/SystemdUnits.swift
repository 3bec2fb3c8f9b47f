internal import Manifests

/// Units for systemd: a service and a timer for each flow, and a pair for all that is due.
///
/// A service runs once at a time: with one for all flows, a long load would hold the others up.
public struct SystemdUnits {
  /// A unit file.
  public struct Unit: Hashable, Sendable {
    /// The file's name.
    public var name: String
    public var text: String
  }

  private let runs: ScheduledRuns
  private let folder: String
  private let user: String
  private let environmentFile: String?

  /// Makes units.
  ///
  /// - Parameters:
  ///   - folder: the project's, absolute; loads write what they reject there.
  ///   - user: who loads.
  ///   - environmentFile: lines of `NAME=value`.
  public init(_ runs: ScheduledRuns, folder: String, user: String, environmentFile: String?) {
    self.runs = runs
    self.folder = folder
    self.user = user
    self.environmentFile = environmentFile
  }

  /// All units, each service before its timer.
  public var units: [Unit] {
    let all = pair(
      nil, runs.arguments(), "all flows of project \(runs.name) that are due",
      // What comes late, was missed, or comes at an hour of which a clock that is set back shows two; flows' own timers,
      // which are due at whole minutes, come first.
      events: ["*-*-* *:*:30"])
    return runs.flows.flatMap { flow in
      pair(
        flow.flow, runs.arguments(flow.flows), "flow \(flow.flow) of project \(runs.name), where it is due",
        events: flow.schedule.calendarEvents.map { "\($0) \(flow.timezone)" })
    } + all
  }

  /// How the units are put to use, for people.
  public func notes(in directory: String) -> [String] {
    let folder = ShellWord.quoted(directory)
    var notes = [
      "sudo install -m 644 \(folder)/sluice-* /etc/systemd/system/", "sudo systemctl daemon-reload",
      "(cd \(folder) && sudo systemctl enable --now sluice-*.timer)",
    ]
    if !runs.secrets.isEmpty {
      let file = environmentFile ?? "the file of --environment-file"
      notes.append("# \(file) has to set \(runs.secrets.joined(separator: ", "))")
    }
    return notes
  }

  private func pair(_ flow: String?, _ arguments: [String], _ what: String, events: [String]) -> [Unit] {
    let label = runs.label(flow)
    return [
      Unit(name: "\(label).service", text: service(arguments, what)),
      Unit(name: "\(label).timer", text: timer(what, events)),
    ]
  }

  private func service(_ arguments: [String], _ what: String) -> String {
    // A program whose name has quotes or backslashes is refused, however they are written.
    let isRefused = runs.program.unicodeScalars.contains { "'\"\\".unicodeScalars.contains($0) || $0.value < 0x20 }
    let program = isRefused ? "/usr/bin/env \(Self.quoted(runs.program))" : Self.quoted(runs.program, isProgram: true)
    let words = [program] + (arguments + ["--quiet"]).map { Self.quoted($0) }
    // There are no escapes in a list of paths; it matters for projects below /usr, /boot and /etc alone.
    let writable = folder.contains { "\\\"\n".contains($0) } ? "" : "ReadWritePaths=\"-\(Self.path(folder))\"\n"
    let environment = environmentFile.map { "EnvironmentFile=\(Self.path($0))\n" } ?? ""
    return """
      # Written by `sluice export systemd`.
      [Unit]
      Description=Sluice: \(what)
      Wants=network-online.target
      After=network-online.target

      [Service]
      Type=oneshot
      User=\(Self.path(user))
      \(environment)ExecStart=\(words.joined(separator: " "))
      # No way to more rights; programs of sources and secrets that need them (sudo) would have to go without this line.
      NoNewPrivileges=yes
      ProtectSystem=full
      \(writable)ProtectKernelTunables=yes
      ProtectKernelModules=yes
      ProtectKernelLogs=yes
      ProtectControlGroups=yes
      ProtectClock=yes
      ProtectHostname=yes
      RestrictRealtime=yes
      RestrictSUIDSGID=yes
      LockPersonality=yes
      SystemCallArchitectures=native

      """
  }

  private func timer(_ what: String, _ events: [String]) -> String {
    """
    # Written by `sluice export systemd`.
    [Unit]
    Description=Sluice: \(what)

    [Timer]
    \(events.map { "OnCalendar=\($0)\n" }.joined())AccuracySec=1s
    Persistent=true

    [Install]
    WantedBy=timers.target

    """
  }

  /// A word of a command line, as systemd.syntax(7) and systemd.service(5) have it.
  ///
  /// - Parameter isProgram: whether it is a word in which variables are not replaced.
  private static func quoted(_ text: String, isProgram: Bool = false) -> String {
    var word = ""
    var isPlain = !text.isEmpty
    for character in text.unicodeScalars {
      switch character {
      case "%": word += "%%"
      case "$": word += isProgram ? "$" : "$$"
      case "\\": (word, isPlain) = (word + "\\\\", false)
      case "\"": (word, isPlain) = (word + "\\\"", false)
      case "\n": (word, isPlain) = (word + "\\n", false)
      case "\t": (word, isPlain) = (word + "\\t", false)
      default:
        word.unicodeScalars.append(character)
        if !character.isASCII || " ';#".unicodeScalars.contains(character) { isPlain = false }
      }
    }
    return isPlain ? word : "\"\(word)\""
  }

  /// A value that is taken to the end of its line, but for specifiers.
  private static func path(_ text: String) -> String { text.replacing("%", with: "%%") }
}
