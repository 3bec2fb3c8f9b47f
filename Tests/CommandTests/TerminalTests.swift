import Foundation
import JSON
import SystemPackage
import TestSupport
import Testing

/// What people see on a terminal, and programs elsewhere.
@Suite(
  "On a terminal", .enabled(if: Screen.isAvailable, "there is no tmux"), .freshDatabase, .timeLimit(.minutes(15)))
struct TerminalTests {
  /// A project whose one source prints rows, and waits for the file `go` before it ends.
  private func waiting() async throws -> World {
    let world = try World(
      """
      numbers:
        source: {command: [sh, rows.sh], format: csv}
        destination: wh
        writeMode: insert
        columns: {id: bigint}
      """,
      files: [
        "rows.sh": """
        echo id; i=0
        while [ $i -lt 20000 ]; do i=$((i + 1)); echo $i; done
        until [ -e go ]; do i=$((i + 1)); echo $i; done

        """
      ])
    #expect(try await world.sluice("apply", "--yes").status == 0)
    return world
  }

  private static let sluice = "'\(Tool.path)'"

  @Test("A load that is under way has a line, as wide as the terminal at most, which gives way to the result")
  func progress() async throws {
    let world = try await waiting()
    try await Screen.with(
      "\(Self.sluice) run", columns: 60, in: world.project.path, environment: world.variables
    ) { screen in
      let shown = try await screen.wait(for: "rows/s")
      let lines = shown.split(separator: "\n").filter { $0.contains("rows/s") }
      #expect(lines.count == 1, "\(shown)")
      #expect(lines[0].count <= 60 && lines[0].contains("numbers"), "\(lines)")
      try await screen.resize(columns: 40)
      try world.project.write("", to: "go")
      let end = try await screen.wait(for: "[ended 0]")
      #expect(!end.contains("rows/s"), "\(end)")
      #expect(end.contains("1 loaded."))
    }
  }

  @Test("What waits for a server says so at once, and how long it has waited, until there is something to say")
  func waitingLine() async throws {
    let silent = try Loopback()
    silent.listen()
    let project = try TemporaryProject([
      "a.yaml": """
      authorizers: {far: {host: 127.0.0.1, port: \(silent.port), database: d, username: u, connectTimeout: 2s}}
      destinations: {far: {authorizer: far, defaultSchema: public}}
      flows: {a: {source: {rows: [{id: 1}]}, destination: far, writeMode: insert, columns: {id: bigint}}}

      """
    ])
    for (command, words) in [("plan", "Looking at far…"), ("check", "Connecting to far…")] {
      try await Screen.with("\(Self.sluice) \(command)", in: project.path) { screen in
        try await screen.wait(for: words)
        try await screen.wait(for: "\(words) 1 s")
        let end = try await screen.wait(for: "[ended 1]")
        #expect(!end.contains(words), "\(end)")
        #expect(end.contains("did not answer within 2s"), "\(end)")
      }
      try await Screen.with("\(Self.sluice) \(command) 2>seen; cat seen", in: project.path) { screen in
        let end = try await screen.wait(for: "[ended 0]")
        #expect(end.contains("did not answer within 2s") && !end.contains(words), "\(end)")
      }
    }
    withExtendedLifetime(silent) {}
  }

  @Test("--quiet says nothing of what is waited for")
  func waitingQuietly() async throws {
    let silent = try Loopback()
    silent.listen()
    let project = try TemporaryProject([
      "a.yaml": "authorizers: {far: {host: 127.0.0.1, port: \(silent.port), database: d, username: u}}\n"
    ])
    try await Screen.with("\(Self.sluice) check --quiet", in: project.path) { screen in
      // Who connects has said before what is waited for.
      _ = await silent.accepted()
      let shown = try await screen.text()
      #expect(shown.trimmingCharacters(in: .whitespacesAndNewlines) == "")
    }
    withExtendedLifetime(silent) {}
  }

  @Test("A load has a line from its start, before the server answers")
  func starting() async throws {
    let world = try await waiting()
    let silent = try Loopback()
    silent.listen()
    var environment = world.variables
    environment["DATABASE_URL"] = "postgresql://u@127.0.0.1:\(silent.port)/d"
    try await Screen.with("trap : INT; \(Self.sluice) run numbers", in: world.project.path, environment: environment) {
      screen in
      try await screen.wait(for: "numbers   starting")
      try await screen.type("", then: "C-c")
      let end = try await screen.wait(for: "[ended 130]")
      #expect(!end.contains("starting"), "\(end)")
    }
    withExtendedLifetime(silent) {}
  }

  @Test("What is longer than the terminal is paged, and what fits, or goes elsewhere, is not")
  func paging() async throws {
    let project = try TemporaryProject()
    let list = "\(Self.sluice) explain"
    try await Screen.with(list, rows: 12, in: project.path) { screen in
      let first = try await screen.wait(for: "Kinds")
      #expect(!first.contains("[ended"), "\(first)")
      try await screen.type("q")
      try await screen.wait(for: "[ended 0]")
    }
    for plain in [
      "\(Self.sluice) explain upsert", "\(list) | cat", "PAGER=cat \(list)", "PAGER= \(list)",
      "SLUICE_PAGER=nobody-home \(list)", "\(list) --output json",
    ] {
      _ = try await Screen.with(plain, rows: 40, in: project.path) { try await $0.wait(for: "[ended 0]") }
    }
  }

  @Test("--quiet draws no progress") func quiet() async throws {
    let world = try await waiting()
    try await Screen.with(
      "\(Self.sluice) run --quiet", in: world.project.path, environment: world.variables
    ) { screen in
      try await world.database.wait(until: "EXISTS (SELECT FROM pg_stat_activity WHERE query LIKE 'COPY%')")
      #expect(try await screen.text().trimmingCharacters(in: .whitespacesAndNewlines) == "")
      try world.project.write("", to: "go")
      let end = try await screen.wait(for: "[ended 0]")
      #expect(end.contains("1 loaded."), "\(end)")
    }
  }

  @Test("Colours are for a terminal, unless NO_COLOR is set, a pipe takes the output, or --color says otherwise")
  func colours() async throws {
    let project = try TemporaryProject(["a.yaml": "flows: {orders: {sorce: x}}\n"])
    func shown(_ command: String, _ environment: [String: String] = [:]) async throws -> String {
      try await Screen.with(command, in: project.path, environment: environment) { screen in
        try await screen.wait(for: "[ended ")
        return try await screen.text(colours: true)
      }
    }
    let validate = "\(Self.sluice) validate"
    #expect(try await shown(validate).contains("\u{1B}["))
    for plain in [
      "\(validate) --color never", "\(validate) 2>&1 | cat", "NO_COLOR=1 \(validate)", "TERM=dumb \(validate)",
    ] {
      let text = try await shown(plain)
      #expect(text.contains("error[unknown-field]"), "\(plain): \(text)")
      #expect(!text.contains("\u{1B}["), "\(plain): \(text)")
    }
    #expect(try await shown("\(validate) --color always 2>&1 | cat").contains("\u{1B}["))
    #expect(try await shown("NO_COLOR= \(validate)").contains("\u{1B}["))
  }

  @Test("An excerpt of a long line is as wide as the terminal", arguments: [50, 100])
  func width(columns: Int) async throws {
    let long = String(repeating: "x", count: 150)
    let project = try TemporaryProject(["a.yaml": "flows: {orders: {description: \(long), sorce: x}}\n"])
    try await Screen.with("\(Self.sluice) validate", columns: columns, in: project.path) { screen in
      let text = try await screen.wait(for: "[ended 1]")
      let lines = text.split(separator: "\n")
      let excerpt = try #require(lines.first { $0.contains("│ …") }, "\(text)")
      #expect(excerpt.count > columns - 10 && excerpt.count <= columns, "\(text)")
      let caret = try #require(lines.last { $0.contains("^^^^^") })
      let (at, word) = (caret.distance(from: caret.startIndex, to: caret.firstIndex(of: "^")!), "sorce")
      #expect(String(excerpt.dropFirst(at).prefix(5)) == word, "\(text)")
    }
  }

  @Test("apply asks, and an answer that is not yes is none")
  func asks() async throws {
    let world = try World(
      "t: {source: {rows: [{id: 1}]}, destination: wh, writeMode: insert, columns: {id: bigint}}")
    try await Screen.with("\(Self.sluice) apply", in: world.project.path, environment: world.variables) { screen in
      try await screen.wait(for: "Apply this plan?")
      try await screen.type("y", then: "Enter")
      #expect(try await screen.wait(for: "[ended 1]").contains("error[not-confirmed]: nothing was applied"))
    }
    try await Screen.with("\(Self.sluice) apply", in: world.project.path, environment: world.variables) { screen in
      try await screen.wait(for: "Apply this plan?")
      try await screen.type("yes", then: "Enter")
      #expect(try await screen.wait(for: "[ended 0]").contains("steps done."))
    }
  }
}
