import JSON
import OrderedCollections
import Testing

@Suite struct JSONWriterTests {
  @Test("Escapes what must be escaped, and DEL; leaves all else as it is")
  func escapes() {
    #expect(JSONValue("\"\\/\n\r\t\u{8}\u{1f}\u{7f}").text(.line) == #""\"\\/\n\r\t\u0008\u001f\u007f""#)
    #expect(JSONValue("é€😀\u{2028}\u{2029}\u{FEFF}").text(.line) == "\"é€😀\u{2028}\u{2029}\u{FEFF}\"")
  }

  @Test("Lays out a document, a line, and sorted members")
  func layouts() {
    let value: JSONValue = ["b": [1, [:] as JSONValue, []], "B": nil, "a": ["x": true]]
    #expect(value.text(.line) == #"{"b":[1,{},[]],"B":null,"a":{"x":true}}"#)
    #expect(
      value.text(.sorted) == """
        {
          "B": null,
          "a": {
            "x": true
          },
          "b": [
            1,
            {},
            []
          ]
        }
        """)
    #expect(value.text(.document).hasPrefix("{\n  \"b\": ["))
  }

  @Test("What is written reads back the same, in every layout", arguments: 0..<200)
  func roundTrip(seed: Int) throws {
    var random = RandomDocuments(seed: UInt64(seed))
    let value = random.value(depth: 0)
    for format in [JSONFormat.line, .document] {
      let text = value.text(format)
      let back = try JSONValue(parsing: text)
      #expect(back == value)
      #expect(back.text(format) == text)
    }
    let sorted = value.text(.sorted)
    #expect(try JSONValue(parsing: sorted).text(.sorted) == sorted)
  }
}
