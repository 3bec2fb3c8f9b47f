import Diagnostics
import JSON
import TestSupport
import Testing

@testable import Loading

@Suite("JSON is read strictly, a row an object")
struct JSONRowsTests {
  /// What became of one row.
  enum Read: Equatable {
    case row([String?], line: Int)
    case fault(String, line: Int, column: Int)
    case end(String?, line: Int?)
  }

  /// All rows of `text`, `fields` of each, read through blocks of `blockSize` bytes.
  static func read(
    _ text: [UInt8], fields: [String], asJSON: [Bool]? = nil, isArray: Bool = false, blockSize: Int = 1 << 16
  ) throws -> [Read] {
    let input = ByteInput(memory: text, name: "in.json")
    do {
      let reader = try JSONRows(input, isArray: isArray, blockSize: blockSize)
      let places = try #require(try reader.positions(of: fields, asJSON: asJSON ?? fields.map { _ in false }))
      var rows: [Read] = []
      var row = FieldTable()
      while true {
        do {
          guard try reader.next(into: &row) else { return rows }
          rows.append(.row(places.map { $0.flatMap { row.field($0)?.text } }, line: reader.line))
        } catch let fault as RowFault {
          rows.append(.fault(fault.message, line: fault.line, column: fault.column))
        } catch let failure as Failure {
          let first = failure.diagnostics.first
          return rows + [.end(first?.message, line: first?.place?.line)]
        }
      }
    } catch let failure as Failure {
      return [.end(failure.diagnostics.first?.message, line: failure.diagnostics.first?.place?.line)]
    }
  }

  static func lines(_ text: String, _ fields: String..., blockSize: Int = 1 << 16) throws -> [Read] {
    try read(Array(text.utf8), fields: fields, blockSize: blockSize)
  }

  static func array(_ text: String, _ fields: String..., blockSize: Int = 1 << 16) throws -> [Read] {
    try read(Array(text.utf8), fields: fields, isArray: true, blockSize: blockSize)
  }

  @Test("scalars are their text, null and what is left out are NULL, nested values stay byte for byte")
  func values() throws {
    let text = """
      {"n":12345678901234567890.1200,"s":"a","b":true,"z":null,"j":{ "x" : [1, 2.50,"\\u00e9"] }}
      {"j":[],"s":"","n":-0.0e+5}
      """
    #expect(
      try Self.lines(text, "n", "s", "b", "z", "j") == [
        .row(["12345678901234567890.1200", "a", "true", nil, "{ \"x\" : [1, 2.50,\"\\u00e9\"] }"], line: 1),
        .row(["-0.0e+5", "", nil, nil, "[]"], line: 2),
      ])
  }

  @Test("escapes are taken out, in names too")
  func escapes() throws {
    #expect(
      try Self.lines(
        #"{"a\u0062":"\"\\\/\b\f\n\r\t","s":"\u017Elu\u0165 \uD83D\uDE00 x","t":"日本\u8a9e"}"#, "ab", "s", "t")
        == [.row(["\"\\/\u{8}\u{C}\n\r\t", "žluť 😀 x", "日本語"], line: 1)])
  }

  @Test("a name with escapes is told from one that is spelled like it without")
  func escapedNames() throws {
    let text = #"""
      {"a\\b":1,"a\tb":2,"q\"r":3}
      {"a\b":4,"a\\b":5}
      {"a\\b":6,"a\tb":7,"q\"r":8}
      {"q"r":9}
      {"a\":10}
      """#
    #expect(
      try Self.lines(text, "a\\b", "a\tb", "q\"r", "a\\") == [
        .row(["1", "2", "3", nil], line: 1), .row(["5", nil, nil, nil], line: 2), .row(["6", "7", "8", nil], line: 3),
        .fault("the row is no valid JSON: a colon should stand here", line: 4, column: 5),
        .fault("the row is no valid JSON: the end of a string should stand here", line: 5, column: 10),
      ])
    guard case .fault = try Self.lines("{\"a\\tb\":1}\n{\"a\tb\":2}", "a\tb").last else {
      Issue.record("a control character was taken")
      return
    }
  }

  @Test("looked at closely, a string that no text can hold is as it is written")
  func closeLook() throws {
    let text = #"{"j":"a\n\u0000","k":"b\n"}"#
    let reader = try JSONRows(ByteInput(memory: Array(text.utf8), name: "x"), isArray: false)
    _ = try reader.positions(of: ["j"], asJSON: [true])
    var row = FieldTable()
    #expect(try reader.next(into: &row))
    #expect(reader.members().map(\.value) == [#"a\n\u0000"#, "b\n"])
  }

  @Test("a byte order mark moves no column")
  func markedColumn() throws {
    for size in [16, 1 << 16] {
      #expect(
        try Self.lines("\u{FEFF}{\"a\":01}", "a", blockSize: size)
          == [.fault("the row is no valid JSON: a number without leading zeros should stand here", line: 1, column: 6)])
    }
  }

  @Test("of a name that comes twice the last value counts, NULL too")
  func duplicates() throws {
    #expect(
      try Self.lines("{\"a\":1,\"b\":2,\"a\":3}\n{\"a\":1,\"b\":2,\"b\":null}\n{\"b\":\"x\",\"a\":1}", "a", "b")
        == [.row(["3", "2"], line: 1), .row(["1", nil], line: 2), .row(["1", "x"], line: 3)])
  }

  @Test("names in another order, new ones and missing ones are found whatever came before")
  func anyOrder() throws {
    var random = SeededGenerator(seed: 3)
    let names = (0..<200).map { "field \($0 % 7 == 0 ? "é" : "")\($0)" }
    var text = ""
    var expected: [Read] = []
    for line in 1...300 {
      let row = names.shuffled(using: &random).prefix(Int.random(in: 0...60, using: &random))
      text += "{" + row.map { "\"\($0)\":\"\($0) \(line)\"" }.joined(separator: ", ") + "}\n"
      let has = Set(row)
      expected.append(.row(names.prefix(20).map { has.contains($0) ? "\($0) \(line)" : nil }, line: line))
    }
    #expect(try Self.read(Array(text.utf8), fields: Array(names.prefix(20))) == expected)
  }

  @Test("a string that a column of JSON takes keeps its quotes, and a column of text its own reading of it")
  func asJSON() throws {
    let text = Array(#"{"a":"x\n","b":"y"}"#.utf8)
    let fields = ["a", "a", "b", "b", "a"]
    #expect(
      try Self.read(text, fields: fields, asJSON: [false, true, true, false, true])
        == [.row(["x\n", #""x\n""#, #""y""#, "y", #""x\n""#], line: 1)])
    #expect(
      try Self.read(text, fields: fields, asJSON: [true, false, false, true, false])
        == [.row([#""x\n""#, "x\n", "y", #""y""#, "x\n"], line: 1)])
  }

  @Test("fields that nobody asked for are known by name, up to a bound")
  func strangers() throws {
    let text = (0..<3000).map { "{\"a\":\($0),\"k\($0)\":{\"x\":1}}\n" }.joined()
    let reader = try JSONRows(ByteInput(memory: Array(text.utf8), name: "x"), isArray: false)
    _ = try reader.positions(of: ["a"])
    var row = FieldTable()
    for number in 0..<3000 {
      #expect(try reader.next(into: &row))
      #expect(row.field(0)?.text == "\(number)")
    }
    #expect(reader.fieldNames.count == 1001)
    #expect(Array(reader.fieldNames.prefix(3)) == ["a", "k0", "k1"])
  }

  @Test(
    "what is no JSON is told with its place, and the next line goes on",
    arguments: [
      ("{\"a\":1", "a comma or }", 7), ("{\"a\":01}", "a number without leading zeros", 6),
      ("{\"a\":1,}", "a name in quotes", 8), ("{a:1}", "a name in quotes", 2), ("{\"a\":.5}", "a value", 6),
      ("{\"a\":1.}", "a digit", 8), ("{\"a\":tru}", "a value", 6), ("{\"a\":NaN}", "a value", 6),
      ("{\"a\":\"x}", "the end of a string", 9), ("{\"a\" 1}", "a colon", 6), ("{\"ž\":[1,{\"b\":]}", "a value", 14),
      ("{\"a\":[1}", "a comma or ]", 8), ("{\"a\":\"\\x\"}", "one of \" \\ / b f n r t u behind a backslash", 8),
      ("{\"a\":\"\\u12g4\"}", "four hexadecimal digits behind \\u", 11),
      ("{\"a\":\"x\ty\"}", "no control character within a string", 8),
      ("{\"a\":1} {\"a\":2}", "the end of the line", 9), ("{\"a\":1},", "the end of the line", 8),
    ])
  func invalid(line: String, expected: String, column: Int) throws {
    #expect(
      try Self.lines("{\"a\":1}\n\(line)\n\n {\"a\":3} \r\n", "a") == [
        .row(["1"], line: 1),
        .fault("the row is no valid JSON: \(expected) should stand here", line: 2, column: column),
        .row(["3"], line: 4),
      ])
  }

  @Test("what no text can hold, and what is no object, is refused with its place")
  func unfit() throws {
    let text = #"""
      {"b":1,"a":"x\u0000"}
      {"a":"\ud800"}
      {"a":"\udc00x"}
      [1]
      5
      {"a":2}
      """#
    #expect(
      try Self.lines(text, "a") == [
        .fault("the row has a NUL byte, which PostgreSQL's text cannot hold", line: 1, column: 14),
        .fault("the row has half of a surrogate pair, which is no character", line: 2, column: 7),
        .fault("the row has half of a surrogate pair, which is no character", line: 3, column: 7),
        .fault("this is no JSON object, which a row is", line: 4, column: 1),
        .fault("this is no JSON object, which a row is", line: 5, column: 1), .row(["2"], line: 6),
      ])
    let bytes = Array("{\"a\":\"x".utf8) + [0xFF] + Array("\"}\n{\"a\":1}".utf8)
    #expect(
      try Self.read(bytes, fields: ["a"])
        == [.fault("the row has a byte that is no UTF-8", line: 1, column: 8), .row(["1"], line: 2)])
  }

  @Test("an array is read object by object, through a window of any size", arguments: [16, 17, 31, 64, 1 << 16])
  func arrays(blockSize: Int) throws {
    let long = String(repeating: "long ", count: 50)
    let text =
      "\u{FEFF}\n [ {\"a\": 1,\n \"b\": {\"deep\": [[[[\"\\\\n\"]]]]}} ,\n {\"a\": \"\(long)\"}, 7,\n {\"a\":3}\n]\n\n"
    let rows = try Self.array(text, "a", "b", blockSize: blockSize)
    try #require(rows.count == 4)
    #expect(rows[0] == .row(["1", "{\"deep\": [[[[\"\\\\n\"]]]]}"], line: 2))
    #expect(rows[1] == .row([long, nil], line: 4))
    // Its column is known as far as its line is in the window.
    guard case .fault("this is no JSON object, which a row is", line: 4, _) = rows[2] else {
      Issue.record("\(rows[2])")
      return
    }
    #expect(rows[3] == .row(["3", nil], line: 5))
  }

  @Test("an empty array has no rows")
  func emptyArray() throws {
    #expect(try Self.array(" [\n] ", "a").isEmpty)
    #expect(try Self.lines("\n \n", "a").isEmpty)
  }

  @Test(
    "an array that is broken ends there, with the place",
    arguments: [
      ("", "in.json is empty: it has no array of objects", 1), ("\n{\"a\":1}", "in.json is no array of objects", 2),
      ("[{\"a\":1}\n{\"a\":2}]", "the row is no valid JSON: a comma or ] should stand here", 2),
      ("[{\"a\":1},\n]", "the row is no valid JSON: a value should stand here", 2),
      ("[{\"a\":1}\n", "the row is no valid JSON: a comma or ] should stand here", 2),
      ("[{\"a\":1,\n\"b\":", "the row is no valid JSON: a value should stand here", 2),
      (
        "[\n{\"a\":1}]\nx", "the row is no valid JSON: nothing but white space behind the array should stand here", 3
      ), ("[{\"a\":\n1 \"b\"}]", "the row is no valid JSON: a comma or } should stand here", 2),
    ])
  func brokenArray(text: String, message: String, line: Int) throws {
    for size in [16, 1 << 16] {
      #expect(try Self.array(text, "a", blockSize: size).last == .end(message, line: line), "\(size)")
    }
  }

  @Test("a window of any size gives the same rows", arguments: [16, 19, 50, 333])
  func anyBlock(blockSize: Int) throws {
    let text = (0..<300).map { "{\"a\":\($0),\"t\":\"\(String(repeating: "žx\\\"", count: $0 % 40))\"}\n" }.joined()
    #expect(try Self.lines(text, "a", "t", blockSize: blockSize) == Self.lines(text, "a", "t"))
    let array = "[" + text.split(separator: "\n").joined(separator: ",\n") + "]"
    #expect(try Self.array(array, "a", "t", blockSize: blockSize) == Self.lines(text, "a", "t"))
  }

  @Test("nesting has no bound but memory")
  func deep() throws {
    let nested = String(repeating: "[", count: 200_000) + String(repeating: "]", count: 200_000)
    #expect(try Self.lines("{\"a\":\(nested)}", "a") == [.row([nested], line: 1)])
  }

  @Test("damaged in any way, it is taken and refused just as by the reader of other JSON", arguments: 0..<8)
  func damaged(seed: UInt64) throws {
    let seeds = [
      #"{"a":1,"b":"two\n\u00e9\ud83d\ude00","c":[1,2,{"d":null}],"e":{"f":-1.5e10},"g":true,"h":false,"":""}"#,
      #"{"name":"žluťoučký","n":12345678901234567890,"x":[[],{}],"esc":"\\\/\"\b"}"#, #"{}"#,
    ]
    var random = SeededGenerator(seed: seed)
    let alphabet = Array("{}[]\",:.-+eE0123456789 \\utrnfalse\u{7F}\u{1}é".utf8) + [0xC3, 0xFF]
    for _ in 0..<4000 {
      var bytes = Array((seeds.randomElement(using: &random) ?? "").utf8)
      for _ in 0..<Int.random(in: 0...3, using: &random) where !bytes.isEmpty {
        let at = Int.random(in: 0..<bytes.count, using: &random)
        switch Int.random(in: 0..<3, using: &random) {
        case 0: bytes[at] = alphabet.randomElement(using: &random) ?? 0
        case 1: bytes.remove(at: at)
        default: bytes.insert(alphabet.randomElement(using: &random) ?? 0, at: at)
        }
      }
      try expectSame(bytes)
    }
  }

  private func expectSame(_ bytes: [UInt8]) throws {
    let reader = try JSONRows(ByteInput(memory: bytes, name: "x"), isArray: false)
    var row = FieldTable()
    let text = String(decoding: bytes, as: UTF8.self)
    let other = try? JSONValue(parsing: text)
    do {
      guard try reader.next(into: &row) else { return }
      let names = reader.members().map(\.name)
      guard let other, other.objectValue != nil else {
        // The other one refuses names that come twice, and escapes within nested values, which are the server's to judge.
        #expect(Set(names).count < names.count || text.contains("\\u"), "\(text)")
        return
      }
      for member in reader.members() where names.count(where: { $0 == member.name }) == 1 {
        switch (member.kind, other[member.name]) {
        case (.string, .string(let value)): #expect(member.value == value)
        case (.number, .number(let value)): #expect(member.value == value)
        case (.boolean, .bool(let value)): #expect(member.value == "\(value)")
        case (.null, .null): break
        case (.nested, let value?): #expect((try? JSONValue(parsing: member.value)) == value)
        default: Issue.record("\(text): \(member)")
        }
      }
    } catch let fault as RowFault {
      let isRefusedHereAlone =
        switch fault.kind {
        case .nulByte, .notAnObject, .invalidUTF8: true
        default: false
        }
      #expect(other == nil || isRefusedHereAlone, "\(text): \(fault.message)")
    }
  }
}
