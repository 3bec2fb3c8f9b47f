import Diagnostics
import Testing
import Views

@Suite struct DiagnosticRendererTests {
  @Test("Draws a diagnostic as the design has it, to the letter")
  func design() throws {
    let diagnostic = Diagnostic(
      .error, "schema-exists", #"schema "dbo" does not exist in database "analytics""#,
      at: Place(file: "flows/orders.yaml", line: 4, column: 12, endColumn: 18),
      label: "resolved to dbo.orders: no schema is given, and dbo is the default",
      help: [
        "write `table: public.orders`, or set `defaultSchema: public` on destination/warehouse",
        "schemas here: public, sales, staging",
      ])
    let lines = ["flows:", "  orders:", "    source: a", "    table: orders"]
    #expect(
      draw(diagnostic, lines) == """
        error[schema-exists]: schema "dbo" does not exist in database "analytics"
          ┌─ flows/orders.yaml:4:12
        4 │     table: orders
          │            ^^^^^^ resolved to dbo.orders: no schema is given, and dbo is the default
          = help: write `table: public.orders`, or set `defaultSchema: public` on destination/warehouse
          = schemas here: public, sales, staging
        """)
  }

  @Test("Draws all sorts of diagnostics")
  func sorts() throws {
    let sources = [
      "flows/orders.yaml": ["flows:", "  orders:", "    source:", "      path: data/*.csv", "", "    key: [a, b]"],
      "other.yaml": (1...120).map { "line \($0): value" },
    ]
    let diagnostics = [
      Diagnostic(.error, "connection", "authorizer/warehouse: connection refused"),
      Diagnostic(
        .warning, "unused", "source/old is used by no flow",
        help: ["remove it", "or write:\nflows:\n  a:\n    source: old"]),
      Diagnostic(
        .error, "duplicate-name", #"flow "orders" is defined twice"#,
        at: Place(file: "other.yaml", line: 107, column: 11, endColumn: 16), label: "again here",
        help: ["rename one of them"],
        related: [
          RelatedPlace("first defined here", at: Place(file: "flows/orders.yaml", line: 2, column: 3, endColumn: 9)),
          RelatedPlace("used here", at: Place(file: "not/there.yaml", line: 5, column: 1)),
        ]),
      Diagnostic(
        .warning, "bad-source", "the source is odd",
        at: Place(file: "flows/orders.yaml", line: 3, column: 5, endLine: 4, endColumn: 23), label: "all of this"),
      Diagnostic(
        .error, "missing-field", "a value is missing", at: Place(file: "flows/orders.yaml", line: 5, column: 1)),
      Diagnostic(
        .error, "past-the-end", "the line ends too soon",
        at: Place(file: "flows/orders.yaml", line: 1, column: 40, endColumn: 50), label: "`}` expected"),
      Diagnostic(
        .error, "no-such-line", "the file is shorter now", at: Place(file: "other.yaml", line: 999, column: 1)),
      Diagnostic(
        .error, "server", "42501: permission denied\nDETAIL: on schema sales",
        help: ["to grant it: GRANT USAGE ON SCHEMA sales TO loader;", "GRANT CREATE ON SCHEMA sales TO loader;"]),
    ]
    try expectDrawing("diagnostics") { style in
      DiagnosticRenderer(style: style) { sources[$0] }.text(diagnostics)
        + "\n\n" + style.summaryLine(of: diagnostics, files: 140)
    }
  }

  // MARK: Carets

  @Test("Carets stand under the value behind tabs, which are drawn as spaces")
  func tabs() {
    #expect(
      excerpt("\tname:\tvalue # x", "value") == """
        1 │     name:   value # x
          │             ^^^^^
        """)
    // The tab itself.
    #expect(
      excerpt("ab\tc", "\t") == """
        1 │ ab  c
          │   ^^
        """)
  }

  @Test("Wide characters take two cells, combining marks none")
  func wide() {
    #expect(
      excerpt("表名: 注文 # x", "注文") == """
        1 │ 表名: 注文 # x
          │       ^^^^
        """)
    #expect(
      excerpt("👩‍👩‍👧 e\u{301}: 🇩🇪❤️ 👍🏽: bad", "bad") == """
        1 │ 👩‍👩‍👧 e\u{301}: 🇩🇪❤️ 👍🏽: bad
          │                ^^^
        """)
    #expect(
      excerpt("한국 \u{1112}\u{1161}\u{11ab}: x", "x") == """
        1 │ 한국 \u{1112}\u{1161}\u{11ab}: x
          │          ^
        """)
  }

  @Test("Carets never leave the line, wherever the place is said to be")
  func outside() {
    func caret(_ line: String, _ column: Int, _ end: Int? = nil) -> String {
      let place = Place(file: "f", line: 1, column: column, endColumn: end)
      return draw(Diagnostic(.error, "x", "m", at: place), [line]).split(separator: "\n").suffix(2).joined(
        separator: "\n")
    }
    #expect(caret("abc", 4) == "1 │ abc\n  │    ^")
    #expect(caret("abc", 3, 99) == "1 │ abc\n  │   ^")
    #expect(caret("abc", 1000, 2000) == "1 │ abc\n  │    ^")
    #expect(caret("", 1) == "1 │\n  │ ^")
    #expect(caret("", 7) == "1 │\n  │ ^")
    #expect(caret("abc\r", 5) == "1 │ abc\n  │    ^")
    #expect(caret("abc", 0, -5) == "1 │ abc\n  │ ^")
    #expect(caret("abc", 2, 2) == "1 │ abc\n  │  ^")
  }

  @Test("Long lines are cut around the place to fit the width", arguments: [30, 44, 60, 80])
  func long(width: Int) throws {
    let words = (0..<400).map { "w\($0)" }
    for word in ["w0", "w3", "w9", "w12", "w15", "w200", "w398", "w399"] {
      let line = words.joined(separator: " ") + " "
      let lines = excerpt(line, word + " ", label: "here", width: width).split(separator: "\n").map(String.init)
      #expect(lines.allSatisfy { $0.displayWidth <= width })
      #expect(lines[0].hasPrefix("1 │ …") != lines[0].hasPrefix("1 │ w0 "))
      try expectUnder(word, lines)
    }
  }

  @Test("A line of a million characters is cut too", .timeLimit(.minutes(15)))
  func veryLong() throws {
    let line = String(repeating: "é,", count: 300_000) + "here" + String(repeating: ",漢", count: 300_000)
    let lines = excerpt(line, "here", width: 60).split(separator: "\n").map(String.init)
    #expect(lines[0].displayWidth <= 60 && lines[0].hasPrefix("1 │ …") && lines[0].hasSuffix("…"))
    try expectUnder("here", lines)
  }

  @Test("A place wider than the screen shows its beginning")
  func widePlace() {
    #expect(
      excerpt("key: " + String(repeating: "0123456789", count: 9), String(repeating: "0123456789", count: 9), width: 40)
        == """
        1 │ key: 012345678901234567890123456789…
          │      ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
        """)
  }

  @Test("A label that does not fit beside the carets stands below them")
  func longLabel() {
    #expect(
      excerpt("aaaaaaaaaaaaaaaaaaaaaaaaa: value", "value", label: "is no number", width: 40) == """
        1 │ aaaaaaaaaaaaaaaaaaaaaaaaa: value
          │                            ^^^^^
          │                         is no number
        """)
  }

  // MARK: Hostile text

  @Test("Nothing that a terminal obeys gets through, and carets stay right")
  func hostile() throws {
    let bad = "\u{1b}[31mred\u{1b}]0;title\u{7} \u{9b}2J \u{202e}abc\u{2066} \u{0}\u{8}\u{7f}\u{200b}\u{2028}x"
    let line = "a: \(bad) value"
    let diagnostic = Diagnostic(
      .error, "x\u{1b}", "message \(bad)\rover",
      at: Place(file: "f\u{1b}", line: 1, column: line.unicodeScalars.count - 4),
      label: "label \(bad)\n\(bad)", help: ["help \(bad)"],
      related: [RelatedPlace("related \(bad)", at: Place(file: "g", line: 1, column: 1))])
    let text = DiagnosticRenderer(style: Style(colour: false, width: 400)) { _ in [line] }.text(diagnostic)
    let allowed: Set<Unicode.Scalar> = ["\n"]
    let forbidden = text.unicodeScalars.filter {
      [.control, .format, .lineSeparator, .paragraphSeparator].contains($0.properties.generalCategory)
        && !allowed.contains($0)
    }
    #expect(forbidden.isEmpty)
    #expect(text.contains("␛[31mred␛]0;title␇ \\u{9b}2J \\u{202e}abc\\u{2066} ␀␈␡\\u{200b}\\u{2028}x"))
    let lines = text.split(separator: "\n").map(String.init)
    let start = try #require(lines.firstIndex { $0.hasPrefix("1 │ a: ") })
    try expectUnder("value", Array(lines[start...]), count: 1)
    try expectDrawing("diagnostic-hostile", width: 60) { style in
      DiagnosticRenderer(style: style) { _ in [line] }.text(diagnostic)
    }
  }

  // MARK: The last line

  @Test("The last line counts errors, warnings and files")
  func summary() {
    func line(_ errors: Int, _ warnings: Int, files: Int?, in named: [String] = []) -> String {
      var diagnostics = (0..<errors).map { _ in Diagnostic(.error, "e", "m") }
      diagnostics += (0..<warnings).map { _ in Diagnostic(.warning, "w", "m") }
      for (index, name) in named.enumerated() { diagnostics[index].place = Place(file: name, line: 1, column: 1) }
      return Style.plain.summaryLine(of: diagnostics, files: files)
    }
    #expect(line(3, 1, files: 140, in: ["a", "b", "a"]) == "3 errors, 1 warning in 2 of 140 files")
    #expect(line(1, 0, files: 1, in: ["a"]) == "1 error in 1 file")
    #expect(line(0, 2, files: 1200, in: ["a"]) == "2 warnings in 1 of 1,200 files")
    #expect(line(1, 0, files: 140) == "1 error")
    #expect(line(0, 0, files: 140) == "no errors in 140 files")
    #expect(line(0, 0, files: nil) == "no errors")
    #expect(line(2, 0, files: nil, in: ["a", "b"]) == "2 errors in 2 files")
  }

  // MARK: -

  private func draw(_ diagnostic: Diagnostic, _ lines: [String], width: Int = 100) -> String {
    DiagnosticRenderer(style: Style(colour: false, width: width)) { _ in lines }.text(diagnostic)
  }

  /// The two or three lines drawn for `value` where it stands in `line`.
  private func excerpt(_ line: String, _ value: String, label: String? = nil, width: Int = 100) -> String {
    let scalars = Array(line.unicodeScalars)
    let wanted = Array(value.unicodeScalars)
    let start = scalars.indices.first { scalars[$0...].starts(with: wanted) } ?? -1
    let place = Place(file: "f", line: 1, column: start + 1, endColumn: start + 1 + wanted.count)
    let lines = draw(Diagnostic(.error, "x", "m", at: place, label: label), [line], width: width)
    return lines.split(separator: "\n").dropFirst(2).joined(separator: "\n")
  }

  /// Expects the carets of the second line to stand under `word` in the first.
  private func expectUnder(
    _ word: String, _ lines: [String], count: Int? = nil, sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let caret = try #require(lines[1].firstIndex(of: "^"), sourceLocation: sourceLocation)
    let column = String(lines[1][..<caret]).displayWidth
    var above = lines[0]
    var dropped = 0
    while dropped < column, !above.isEmpty { dropped += String(above.removeFirst()).displayWidth }
    #expect(
      dropped == column && above.hasPrefix(word), "\(lines.joined(separator: "\n"))", sourceLocation: sourceLocation)
  }
}
