import Manifests
import TestSupport
import Testing

@Suite("Ranges of days")
struct RangeTests {
  private func date(_ text: String) throws -> CivilDate { try #require(CivilDate(text)) }
  private func range(_ from: String, _ to: String) throws -> DayRange { try #require(DayRange(from: from, to: to)) }

  @Test("Days that there are, and those that there are not")
  func dates() {
    for text in ["2024-02-29", "2000-02-29", "0001-01-01", "9999-12-31", "1970-01-01"] {
      #expect(CivilDate(text)?.description == text)
    }
    for text in [
      "2023-02-29", "1900-02-29", "2024-00-10", "2024-13-01", "2024-04-31", "2024-1-1", "2024-01-01 ", "0000-01-01",
      "24-01-01", "+024-01-01", "2024-01-1٣", "", "2024-01", "2024-01-01-01",
    ] { #expect(CivilDate(text) == nil, "\(text)") }
  }

  @Test(
    "What a range stands for",
    arguments: [
      ("0d0", "2024-03-01", "2024-03-01 to 2024-03-01"), ("1d1", "2024-03-01", "2024-02-29 to 2024-02-29"),
      ("7d1", "2024-03-05", "2024-02-27 to 2024-03-04"), ("7d7", "2024-01-03", "2023-12-27 to 2023-12-27"),
      ("0w0", "2024-03-03", "2024-02-26 to 2024-03-03"), ("1w1", "2024-03-04", "2024-02-26 to 2024-03-03"),
      ("2w1", "2024-01-01", "2023-12-18 to 2023-12-31"), ("1m1", "2024-03-31", "2024-02-01 to 2024-02-29"),
      ("0m0", "2023-02-10", "2023-02-01 to 2023-02-28"), ("13m12", "2024-01-15", "2022-12-01 to 2023-01-31"),
      ("1y1", "2024-12-31", "2023-01-01 to 2023-12-31"), ("1y0", "2024-01-01", "2023-01-01 to 2024-12-31"),
      ("007d001", "2024-03-05", "2024-02-27 to 2024-03-04"),
    ])
  func days(_ text: String, _ today: String, _ expected: String) throws {
    let days = try #require(RelativeRange(text)).days(asOf: try date(today))
    #expect("\(days.from) to \(days.to)" == expected)
  }

  @Test(
    "What is no range",
    arguments: [
      "", "d", "7d", "d1", "1d7", "7D1", "7x1", "-7d1", "7d-1", "7 d1", "7d1 ", "1234567d1", "36526d1", "101y1", "٧d1",
    ])
  func wrong(_ text: String) { #expect(RelativeRange(text) == nil) }

  @Test(
    "A range in windows: the first starts with it, the others as the calendar's units do",
    arguments: [
      ("1d", "2024-02-28", "2024-03-01", ["2024-02-28", "2024-02-29", "2024-03-01"]),
      ("2d", "2024-02-28", "2024-03-01", ["2024-02-28 to 2024-02-29", "2024-03-01"]),
      (
        "1w", "2024-01-03", "2024-01-16",
        ["2024-01-03 to 2024-01-07", "2024-01-08 to 2024-01-14", "2024-01-15 to 2024-01-16"]
      ),
      (
        "1m", "2024-01-15", "2024-03-10",
        ["2024-01-15 to 2024-01-31", "2024-02-01 to 2024-02-29", "2024-03-01 to 2024-03-10"]
      ),
      ("3m", "2024-02-10", "2024-08-01", ["2024-02-10 to 2024-04-30", "2024-05-01 to 2024-07-31", "2024-08-01"]),
      ("1y", "2023-12-31", "2024-12-31", ["2023-12-31", "2024-01-01 to 2024-12-31"]),
    ])
  func windows(_ step: String, _ from: String, _ to: String, _ expected: [String]) throws {
    let windows = try range(from, to).windows(try #require(WindowStep(step)))
    #expect(windows.map(\.description) == expected)
  }

  @Test("What is no step", arguments: ["", "d", "0d", "-1d", "1", "1h", "d1", "1.5d", "1234567d", "1D"])
  func noStep(_ text: String) { #expect(WindowStep(text) == nil) }

  @Test("Windows have each day once, and what is left of a range has none that was loaded", arguments: 0..<40)
  func laws(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    func day() -> CivilDate { CivilDate(day: Int.random(in: 15_000...22_000, using: &random)) }
    func any(_ length: Int) -> DayRange {
      let from = day()
      return DayRange(from: from, to: from.advanced(by: Int.random(in: 0...length, using: &random)))
        ?? DayRange(day: from)
    }
    for _ in 0..<25 {
      let whole = any(900)
      let unit = try #require(CalendarUnit.allCases.randomElement(using: &random))
      let step = try #require(WindowStep("\(Int.random(in: 1...9, using: &random))\(unit.rawValue)"))
      #expect(whole.windows(step).flatMap { Array($0.days) } == Array(whole.days))
      let loaded = (0..<Int.random(in: 0...12, using: &random)).map { _ in any(400) }
      let left = whole.without(loaded)
      let gone = Set(loaded.flatMap { Array($0.days) })
      #expect(left.flatMap { Array($0.days) } == whole.days.filter { !gone.contains($0) })
      #expect(zip(left, left.dropFirst()).allSatisfy { $0.to.advanced(by: 1) < $1.from })
    }
  }

  @Test(
    "A path of days",
    arguments: [
      ("in/sales_{{7d1|Ymd}}.csv", "in/sales_20240305.csv", "in/sales_***.csv"),
      ("{{today|Y/m}}/x-{{ 0d0 | y-n-j }}.csv", "2024/03/x-24-3-5.csv", "*/*/x-*-*-*.csv"),
      (#"{{1d1|Y-m-d\THis}}"#, "2024-03-05T000000", "*-*-*T***"), (#"{{1d1|\Y\\Y}}é"#, #"Y\2024é"#, #"Y\*é"#),
      ("plain {x}.csv", "plain {x}.csv", "plain {x}.csv"),
    ])
  func paths(_ text: String, _ path: String, _ glob: String) throws {
    let template = try PathTemplate(text)
    #expect(template.path(on: try date("2024-03-05")) == path)
    #expect(template.glob == glob)
  }

  @Test(
    "What is wrong with an expression is placed in the text, in scalars",
    arguments: [
      ("é{{1d7|Ymd}}", "1d7"), ("{{ 7q1 |Ymd}}", "7q1"), ("x{{7d1|YMd}}", "M"), (#"x{{7d1|Y\}}"#, #"\"#),
      ("x{{}}y", "{{}}"), ("a{{7d1|Ymd", "{{7d1|Ymd"), ("{{today|Y}}{{7d1|Y}}", "7d1"), ("{{7d1}}", "7d1"),
      ("{{7d1|--}}", "--"), ("a/{{7d1|Y}}/../b", "a/{{7d1|Y}}/../b"), ("{{7d1|Y/.}}./b", "{{7d1|Y/.}}./b"),
      ("x{{7d1|yyyy}}", "yy"),
    ])
  func problems(_ text: String, _ part: String) throws {
    let problem = try #require(throws: RangeProblem.self) { try PathTemplate(text) }
    #expect(String(String.UnicodeScalarView(Array(text.unicodeScalars)[problem.part])) == part)
  }

  @Test("A query's placeholders stand outside of strings, names and comments")
  func queries() throws {
    let text =
      "SELECT '{{1}}', $$ {{x}} $$, \"a\" /* {{start}} */ FROM s.t WHERE d >= {{start}} AND d<={{ end }} -- {{end}}"
    let template = try QueryTemplate(text)
    #expect(
      template.pieces == [
        .text("SELECT '{{1}}', $$ {{x}} $$, \"a\" /* {{start}} */ FROM s.t WHERE d >= "), .start, .text(" AND d<="),
        .end,
        .text(" -- {{end}}"),
      ])
    #expect(try !QueryTemplate("SELECT '{{1,2},{3,4}}'::int[]").hasPlaceholders)
    for wrong in [
      "SELECT '{{start}}'", "SELECT E'\\'{{end}}'", "SELECT $a$ {{start}} $a$", "SELECT \"{{start}}\"", "SELECT {{x}}",
      "SELECT {{start", "SELECT {{}}", "SELECT {{Start}}",
    ] { #expect(throws: RangeProblem.self, "\(wrong)") { try QueryTemplate(wrong) } }
  }

  @Test("Where something is in a planned query, it is found in the one that is written", arguments: 0..<20)
  func positions(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let words = (0..<12).map { number in
      ["{{start}}", "{{ end }}", "é\(number)", "x\(number)"].randomElement(using: &random) ?? ""
    }
    let template = try QueryTemplate(words.joined(separator: " "))
    let (planned, written) = (
      Array(template.planned.unicodeScalars), Array(words.joined(separator: " ").unicodeScalars)
    )
    for (position, scalar) in planned.enumerated() {
      let place = template.written(position)
      if scalar == "é" || scalar == "x" || scalar.properties.numericType != nil { #expect(written[place] == scalar) }
    }
  }
}
