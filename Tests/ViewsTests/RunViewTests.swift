import Diagnostics
import JSON
import Planning
import TestSupport
import Testing
import Views

@Suite struct RunViewTests {
  @Test("Draws a table of loads, columns of zeros left out where they may be")
  func table() throws {
    try expectDrawing("run") { RunView(style: $0).text(Samples.outcomes) }
    let plain = RunView(style: .plain).text([Samples.outcomes[3]])
    #expect(
      plain == """
          flow   mode             read  inserted  updated  deleted  rejected  seconds
        – empty  truncate_insert     0         0        0        0         0     0.01

        0 loaded, 1 empty.
        """)
    #expect(RunView(style: .plain).text([]) == "Nothing to run.")
  }

  @Test("Draws a backfill's windows with their days; those that were loaded before are counted")
  func windows() throws {
    #expect(
      RunView(style: .plain).text(Samples.windows) == """
          flow    mode    range                      read  inserted  updated  deleted  rejected  seconds
        ✓ orders  insert  2024-02-01 to 2024-02-29  1,200     1,200        0        0         0     0.50
        – orders  insert  2024-03-01                    0         0        0        0         0     0.50

        1 loaded, 1 empty, 1 skipped.
        """)
    #expect(RunView(style: .plain).text([Samples.windows[0]]) == "0 loaded, 1 skipped.")
    var outcome = RunOutcome()
    outcome.loads = Samples.windows
    #expect(RunView.interruption(outcome, ofWindows: 1_820) == ["Done: 3 of 1,820 windows."])
    outcome.interrupted = ["orders"]
    #expect(
      RunView.interruption(outcome, ofWindows: 1_820)
        == ["Done: 3 of 1,820 windows; the one under way was rolled back."])
    let view = ProgressView(style: .plain)
    #expect(
      view.windowLine(Samples.windows[1]) == "orders: window 2 of 3 (2024-02-01 to 2024-02-29): loaded, 1,200 rows")
    #expect(view.windowLine(Samples.outcomes[0]) == nil)
    var progress = progress(10, 0, seconds: 1)
    progress.window = Samples.window
    #expect(
      view.logLine(progress)
        == "orders: window 12 of 1,820 (2024-01-12 to 2024-01-14), 10 rows, 10 rows/s")
  }

  // MARK: Progress

  private func progress(
    _ rows: Int, _ bytes: Int, of total: Int? = nil, seconds: Double, flow: String = "orders"
  ) -> LoadProgress {
    LoadProgress(flow: flow, load: "l", rows: rows, bytes: bytes, totalBytes: total, seconds: seconds)
  }

  @Test("A line of progress says what is known")
  func progressLines() {
    func line(_ progress: LoadProgress) -> String { ProgressView(style: .plain).logLine(progress) }
    #expect(
      line(progress(1_234_567, 120_500_000, of: 1_200_000_000, seconds: 27.4))
        == "orders: 1,234,567 rows, 45,057 rows/s, 120.5 MB of 1.2 GB, 10 %, 4 min 6 s left")
    #expect(line(progress(1, 999, seconds: 2)) == "orders: 1 row, 1 rows/s, 999 B")
    #expect(line(progress(0, 0, seconds: 0)) == "orders: 0 rows")
    #expect(line(progress(10, 0, of: 500, seconds: 1)) == "orders: 10 rows, 10 rows/s, 0 B of 500 B, 0 %")
    #expect(line(progress(10, 500, of: 500, seconds: 1)) == "orders: 10 rows, 10 rows/s, 500 B of 500 B, 100 %")
    // It grew while it was read.
    #expect(line(progress(10, 501, of: 500, seconds: 1)) == "orders: 10 rows, 10 rows/s, 501 B")
    #expect(line(progress(10, 1, of: 500, seconds: 0.5)) == "orders: 10 rows, 20 rows/s, 1 B of 500 B, 0 %")
    #expect(line(progress(10, 1, of: 1_000_000, seconds: 1)).hasSuffix("277 h 46 min left"))
    #expect(line(progress(10, 0, of: 0, seconds: .infinity)) == "orders: 10 rows, 0 rows/s")
    #expect(line(progress(1, 999_949, seconds: 0)) == "orders: 1 row, 999.9 kB")
    #expect(line(progress(1, 999_950, seconds: 0)) == "orders: 1 row, 1.0 MB")
    #expect(line(progress(1, Int.max, seconds: 0)) == "orders: 1 row, 9.2 EB")
  }

  @Test("A line on a terminal never exceeds its width, and leaves parts out whole", arguments: 1...120)
  func terminal(width: Int) {
    let view = ProgressView(style: Style(colour: false, width: width))
    let progress = progress(1_234_567, 120_500_000, of: 1_200_000_000, seconds: 27.4, flow: "注文")
    let line = view.terminalLine(progress, nameWidth: 8)
    let whole = "注文       1,234,567 rows   45,057 rows/s   120.5 MB of 1.2 GB   10 %   4 min 6 s left"
    #expect(line.displayWidth <= width)
    #expect(line == whole || width < whole.displayWidth)
    #expect(whole.hasPrefix(line) || width < 8)
  }

  @Test("The lines of many flows fit on a terminal, however small it is", arguments: [1, 2, 3, 5, 24])
  func fitting(rows: Int) {
    let view = ProgressView(style: Style(colour: false, width: 40))
    let lines = (1...9).map { "line \($0)" }
    let fitting = view.fitting(lines, rows: rows)
    #expect(fitting.count <= max(1, rows - 1))
    let shown = min(9, fitting.count - (fitting.last == "line 9" ? 0 : 1))
    #expect(fitting.prefix(shown) == lines.prefix(shown))
    #expect(shown == 9 || fitting.last == "… and \(9 - shown) more")
  }

  @Test("Names take a third of a line at most, and at least eight cells")
  func nameWidth() {
    func width(_ cells: Int, _ names: String...) -> Int {
      ProgressView(style: Style(colour: false, width: cells)).nameWidth(of: names)
    }
    let long = String(repeating: "n", count: 63)
    #expect(width(80, "orders", "注文") == 6)
    #expect(width(90, "orders", long) == 30)
    #expect(width(12, "orders", long) == 8)
    let view = ProgressView(style: Style(colour: false, width: 60))
    #expect(
      view.terminalLine(progress(10, 20, seconds: 1, flow: long), nameWidth: 10)
        == "nnnnnnnnn…   10 rows   10 rows/s   20 B")
    #expect(view.waitingLine("a", "another load is running", nameWidth: 3) == "a     another load is running")
  }

  @Test("What the server does by itself is no progress of reading")
  func serverAtWork() {
    let view = ProgressView(style: Style(colour: false, width: 80))
    var progress = progress(1_234_567, 120_500_000, of: 120_500_000, seconds: 65)
    progress.isServerAtWork = true
    #expect(view.logLine(progress) == "orders: 1,234,567 rows read, the server is at work, 1 min 5 s")
    progress.rows = 0
    #expect(view.terminalLine(progress, nameWidth: 6) == "orders   the server is at work   1 min 5 s")
  }

  @Test("The line of what is waited for is cut to the terminal, and what a stranger wrote in it draws nothing")
  func activity() {
    func line(_ words: String, _ seconds: Int, width: Int = 60, colour: Bool = false) -> String {
      ProgressView(style: Style(colour: colour, width: width)).activityLine(words, seconds: seconds)
    }
    #expect(line("Looking at crm", 0) == "Looking at crm…")
    #expect(line("Looking at crm", 1_234) == "Looking at crm… 1,234 s")
    #expect(line("Looking at crm", 3, width: 10) == "Looking a…")
    #expect(!line("Looking at \u{1b}[2J", 3).contains("\u{1b}"))
    #expect(line("Looking at crm", 0, colour: true) == "\u{1b}[2mLooking at crm…\u{1b}[0m")
  }

  @Test("What became of an interrupted run, in a few lines however many flows there are")
  func interruption() {
    var outcome = RunOutcome()
    #expect(RunView.interruption(outcome) == [])
    outcome.loads = [Samples.outcomes[0]]
    outcome.interrupted = ["a"]
    outcome.notBegun = ["b", "c", "d", "e", "f", "g", "h"]
    #expect(
      RunView.interruption(outcome) == [
        "Done: \(Samples.outcomes[0].flow).", "Rolled back: a.", "Not begun: b, c, d, e, f and 2 more.",
      ])
  }

  // MARK: Previews and checks

  @Test("Draws a preview, NULL unlike any text, values cut so that rows fit", arguments: [20, 40, 100])
  func preview(width: Int) throws {
    try expectDrawing("preview-\(width)", width: width) { PreviewView(style: $0).text(Samples.preview) }
    let lines = PreviewView(style: Style(colour: false, width: width)).text(Samples.preview).split(separator: "\n")
    #expect(lines.dropLast().allSatisfy { String($0).displayWidth <= width })
  }

  @Test("Draws a preview without rows, and without columns")
  func emptyPreview() {
    let view = PreviewView(style: .plain)
    #expect(
      view.text(Preview(flow: "f", columns: [("a", "text")], rows: [], rejected: [])) == "a\ntext\n\n0 rows")
    #expect(view.text(Preview(flow: "f", columns: [], rows: [], rejected: [])).hasSuffix("0 rows"))
  }

  @Test("Draws what a check found: the steps of what failed, and all of them on request")
  func check() throws {
    let steps = [
      CheckStep(.name, .passed, milliseconds: 0.31, "db.example.com is 192.0.2.7"),
      CheckStep(.port, .passed, milliseconds: 1.2, "db.example.com:5432"),
      CheckStep(.tls, .passed, milliseconds: 12.5, "TLS 1.3, certificate verified"),
      CheckStep(.writable, .passed),
    ]
    let failed = [
      CheckStep(.name, .passed, milliseconds: 0.2, "crm is 192.0.2.8"),
      CheckStep(.port, .failed, milliseconds: 10_000, "no answer from crm:5432 (192.0.2.8) within 10s"),
      CheckStep(.tls, .skipped),
    ]
    let late = Diagnostic(
      .error, "connection", "authorizer crm: no answer from crm:5432 (192.0.2.8) within 10s", reason: "timed-out")
    let checks = [
      AuthorizerCheck(
        name: "warehouse", server: Samples.server(), host: "db.example.com", milliseconds: 15.14, steps: steps),
      AuthorizerCheck(
        name: "crm", server: nil, host: "crm", milliseconds: 10_000.2, steps: failed, diagnostics: [late]),
    ]
    let tunnels = [TunnelCheck(name: "bastion", status: .passed, milliseconds: 80, steps: [])]
    try expectDrawing("check") { CheckView(style: $0).text(checks, tunnels: tunnels) }
    try expectDrawing("check-verbose") { CheckView(style: $0, isVerbose: true).text(checks, tunnels: tunnels) }
    try expectGolden(checkDocument(checks, tunnels: tunnels).text(.document) + "\n", "check.json")
  }
}
