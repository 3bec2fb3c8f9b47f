import Testing

@testable import Loading

@Suite("JSON that the server surely takes")
struct PlainJSONTests {
  private func isPlain(_ text: String) -> Bool {
    var bytes = ByteBuffer(capacity: 64)
    bytes.append(text)
    return bytes.all().isPlainJSON
  }

  @Test(
    "plain",
    arguments: [
      "1", " -0.50 ", "\"a\"", "null", "true", "false", "[]", "{}", "[[], {}, [1, \"\\n\"]]",
      "{\"a\": {\"b\": [1,2]}, \"c\":null}",
      "\t[ 1 ,\n2 ]\r",
    ])
  func plain(text: String) { #expect(isPlain(text)) }

  @Test(
    "wrong, or for the server to say",
    arguments: [
      "", " ", "{", "[1,]", "{\"a\":1,}", "{\"a\"}", "{a:1}", "[1 2]", "01", "-", "1.", ".5", "1e5", "\"\\u0000\"",
      "\"\\x\"",
      "\"a", "\"\n\"", "nul", "nulll", "1 1", "]", "[}", "{]", "[1}", "\"\u{1}\"", "{\"a\":1 \"b\":2}", "'a'", "NaN",
      String(repeating: "[", count: 65) + String(repeating: "]", count: 65), String(repeating: "1", count: 2000),
    ])
  func other(text: String) { #expect(!isPlain(text)) }
}
