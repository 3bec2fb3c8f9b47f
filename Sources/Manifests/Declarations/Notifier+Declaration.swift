extension Notifier {
  static let record = Record<Notifier>(
    "a notification", { Notifier([], command: []) },
    [
      Field(
        "on", \.events, .list(of: .choice, "a list of broken, recovered, quality", atLeast: 1, separator: ","),
        "What the program is told of.", example: "[broken, recovered]", isRequired: true),
      Field(
        "command", \.command, .program,
        "The program and its arguments; no shell. Its standard input is one JSON object.",
        example: "[bin/page, data-team]", isRequired: true),
    ])
}
