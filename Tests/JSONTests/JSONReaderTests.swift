import JSON
import OrderedCollections
import Testing

@Suite struct JSONReaderTests {
  @Test("Reads each kind of value")
  func values() throws {
    #expect(try JSONValue(parsing: " null ") == .null)
    #expect(try JSONValue(parsing: "true") == true)
    #expect(try JSONValue(parsing: "\tfalse\r\n") == false)
    #expect(try JSONValue(parsing: "[]") == [])
    #expect(try JSONValue(parsing: "{ }") == .object([:]))
    #expect(try JSONValue(parsing: #"{"a": [1, "x", {"b": null}], "c": ""}"#) == ["a": [1, "x", ["b": nil]], "c": ""])
  }

  @Test(
    "Keeps a number's text",
    arguments: ["0", "-0", "10", "-1.50", "1e5", "1E+05", "2.5e-300", "123456789012345678901234567890.10"])
  func numbers(text: String) throws {
    #expect(try JSONValue(parsing: text) == .number(text))
    #expect(try JSONValue(parsing: "[\(text)]").text(.line) == "[\(text)]")
  }

  @Test("Reads escapes, also between characters of several bytes")
  func escapes() throws {
    #expect(try JSONValue(parsing: #""\"\\\/\b\f\n\r\t""#) == "\"\\/\u{8}\u{c}\n\r\t")
    #expect(try JSONValue(parsing: #""é\u00e9\u20AC€\uD83D\uDE00😀\u0000""#) == "éé€€😀😀\u{0}")
    #expect(try JSONValue(parsing: #""\uFFFF\uE000\u2028""#) == "\u{FFFF}\u{E000}\u{2028}")
  }

  @Test("Passes over a byte order mark at the start, and does not count it")
  func byteOrderMark() throws {
    #expect(try JSONValue(parsing: "\u{FEFF}[1]") == [1])
    #expect(error(of: Array("\u{FEFF}[x".utf8))?.description == "1:2: expected a value")
    #expect(error(of: Array("[\u{FEFF}1]".utf8)) != nil)
  }

  @Test("Keeps the order of members")
  func order() throws {
    let text = #"{"z":1,"a":2,"m":{"y":[],"b":{}}}"#
    #expect(try JSONValue(parsing: text).text(.line) == text)
  }

  @Test("Reads objects of many lists of keys in one text, each with its own values", arguments: [1, 5, 40, 3_000])
  func manyShapes(keys: Int) throws {
    var random = RandomDocuments(seed: 7)
    let objects = (0..<400).map { number -> String in
      let count = Int.random(in: 0...min(keys, 50), using: &random)
      let chosen = Set((0..<count).map { _ in Int.random(in: 0..<keys, using: &random) })
      let members = chosen.sorted { ($0 * 7919) % keys < ($1 * 7919) % keys }.map { "\"k\($0)\":\(number)" }
      return "{\(members.joined(separator: ","))}"
    }
    let text = "[\(objects.joined(separator: ","))]"
    let value = try JSONValue(parsing: text)
    #expect(value.text(.line) == text)
    #expect(value.arrayValue?.allSatisfy { Set($0.objectValue?.values.elements ?? []).count < 2 } == true)
    let twice = text.dropLast() + ",{\"k0\":1,\"k0\":2}]"
    #expect(error(of: Array(twice.utf8))?.message == "the key \"k0\" stands twice in one object")
  }

  @Test("Allows 512 levels and no more")
  func depth() throws {
    let deepest = String(repeating: "[", count: 512) + String(repeating: "]", count: 512)
    #expect(try JSONValue(parsing: deepest).text(.line) == deepest)
    let tooDeep = String(repeating: #"{"a":"#, count: 100_000)
    #expect(error(of: Array(tooDeep.utf8))?.column == 512 * 5 + 1)
    #expect(try JSONValue(parsing: "[" + String(repeating: "[],", count: 600) + "[]]").arrayValue?.count == 601)
  }

  @Test(
    "Says what is wrong and where",
    arguments: [
      ("", "1:1: the text ends where a value is expected"),
      (" \n ", "2:2: the text ends where a value is expected"),
      ("nul", "1:1: expected a value"),
      ("NaN", "1:1: expected a value"),
      ("'a'", "1:1: expected a value"),
      ("+1", "1:1: expected a value"),
      (".5", "1:1: expected a value"),
      ("01", "1:1: a number may not begin with `0` before other digits"),
      ("-", "1:2: the text ends where a digit after `-` is expected"),
      ("-x", "1:2: expected a digit after `-`"),
      ("[1.]", "1:4: expected a digit after the decimal point"),
      ("1e+", "1:4: the text ends where a digit after the exponent's `e` is expected"),
      ("1 2", "1:3: expected the end of the text"),
      ("truee", "1:5: expected the end of the text"),
      ("[1 2]", "1:4: expected `,` or `]`"),
      ("[1,]", "1:4: expected a value"),
      ("[1", "1:3: the text ends where `,` or `]` is expected"),
      ("{\n  \"ä€😀\": 1\n  \"b\": 2}", "3:3: expected `,` or `}`"),
      ("{\"ä€😀\" 1}", "1:8: expected `:`"),
      ("{a: 1}", "1:2: expected a key in double quotes, or `}`"),
      ("{\"a\": 1,}", "1:9: expected a key in double quotes"),
      ("{\"a\": 1,\r\n \"b\": 2,\r\n \"a\": 3}", "3:2: the key \"a\" stands twice in one object"),
      ("{\"a\":{\"a\":1}, \"\\u0061\":2}", "1:15: the key \"a\" stands twice in one object"),
      ("[\"abc", "1:2: the text ends inside the string that begins here"),
      ("\"abc\\", "1:6: the text ends inside a string"),
      ("\"a\nb\"", "1:3: a line ends inside a string"),
      ("\"a\tb\"", "1:3: a control character inside a string must be escaped"),
      ("\"\\x\"", "1:2: unknown escape: `\\` stands before one of \" \\ / b f n r t u"),
      ("\"\\u12g4\"", "1:2: expected four hexadecimal digits after `\\u`"),
      ("\"\\u12", "1:2: expected four hexadecimal digits after `\\u`"),
      ("\"ab\\uD83D\"", "1:4: half of a surrogate pair stands alone"),
      ("\"\\uD83D\\u0041\"", "1:2: half of a surrogate pair stands alone"),
      ("\"\\uDE00\"", "1:2: half of a surrogate pair stands alone"),
      ("[1] // why", "1:5: expected the end of the text"),
    ])
  func errors(text: String, expected: String) {
    #expect(error(of: Array(text.utf8))?.description == expected)
  }

  @Test(
    "Refuses bytes that are not UTF-8, at their place",
    arguments: [
      ([0x22, 0xC3, 0xA9, 0xFF, 0x22], "1:3: the text is not UTF-8: unexpected byte 0xff"),
      ([0x22, 0x61, 0xC0, 0x80, 0x22], "1:3: the text is not UTF-8: unexpected byte 0xc0"),
      ([0x22, 0xED, 0xA0, 0x80, 0x22], "1:2: the text is not UTF-8: unexpected byte 0xed"),
      ([0x22, 0x5C, 0x6E, 0xE2, 0x82, 0x22], "1:4: the text is not UTF-8: unexpected byte 0xe2"),
      ([0x22, 0xE2, 0x82, 0x5C, 0x6E, 0x22], "1:2: the text is not UTF-8: unexpected byte 0xe2"),
      ([0x5B, 0xA0, 0x5D], "1:2: expected a value"),
    ] as [([UInt8], String)])
  func encoding(bytes: [UInt8], expected: String) {
    #expect(error(of: bytes)?.description == expected)
  }

  @Test("Every beginning of a document is refused without a trap")
  func torn() throws {
    let text = Array(#"{"a\n\uD83D\uDE00é": [1.5e3, true, {"b": "c"}], "d": null}"#.utf8)
    #expect(error(of: text) == nil)
    for count in text.indices { #expect(error(of: Array(text[..<count])) != nil) }
  }

  private func error(of bytes: [UInt8]) -> JSONError? {
    do {
      _ = try JSONValue(parsing: bytes)
      return nil
    } catch {
      return error
    }
  }
}
