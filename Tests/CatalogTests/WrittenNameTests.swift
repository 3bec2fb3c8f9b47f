import Catalog
import Testing

@Suite struct WrittenNameTests {
  @Test(
    "Reads a name with and without a schema",
    arguments: [
      ("orders", nil, "orders"),
      ("sales.orders", "sales", "orders"),
      ("Sales.Orders 2024", "Sales", "Orders 2024"),
      (#""a.b"."c""d""#, "a.b", #"c"d"#),
      (#"sales."Orders.2024""#, "sales", "Orders.2024"),
      (#"" x ".y"#, " x ", "y"),
      ("select.表", "select", "表"),
      ("a-b.c$d", "a-b", "c$d"),
    ])
  func reads(text: String, schema: String?, name: String) {
    let written = WrittenName(text)
    #expect(written == WrittenName(schema: schema.map { Identifier($0) }, name: Identifier(name)))
  }

  @Test(
    "Refuses what is no name",
    arguments: [
      "", ".", "a.", ".a", "a..b", "a.b.c", "\"", "\"a", "\"\"", "a\"b", "\"a\"b", "a.\"\"", " a", "a ", "a. b", "a .b",
      "a\u{0}b", "\"a\u{0}b\"",
    ])
  func refuses(text: String) {
    #expect(WrittenName(text) == nil)
  }

  @Test("What is written reads back the same, whatever the names")
  func roundTrip() throws {
    let names = [
      "orders", "Orders", "a.b", "a\"b", "\"", "\"\"", ".", "..", " ", "a b", " a", "a ", "\t", "é", "e\u{301}", "表",
      "😀", "'",
      "a\nb", "select", "1", "-", "a\u{a0}b", "\u{a0}",
    ].map { Identifier($0) }
    for name in names {
      let alone = WrittenName(schema: nil, name: name)
      #expect(WrittenName(alone.text) == alone, "\(alone.text)")
      for schema in names {
        let written = WrittenName(schema: schema, name: name)
        #expect(WrittenName(written.text) == written, "\(written.text)")
      }
    }
  }

  @Test("Quotes appear in a manifest only where they are needed")
  func plain() {
    #expect(WrittenName(schema: "sales", name: "Orders-2024").text == "sales.Orders-2024")
    #expect(WrittenName(schema: "sales", name: "Orders.2024").text == #"sales."Orders.2024""#)
  }

  @Test("The default schema stands in where none is written")
  func qualified() {
    #expect(WrittenName("orders")?.qualified(default: "dbo").sql == "dbo.orders")
    #expect(WrittenName("s.Orders")?.qualified(default: "dbo").sql == #"s."Orders""#)
  }
}
