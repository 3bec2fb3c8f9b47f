import Testing
import YAML

@Suite("Text written as a scalar") struct WrittenTests {
  private static let hostile = [
    "", " ", "a", "no", "Yes", "null", "~", "true", "1e5", "0123", "0o17", "1_000", ".5", ".inf", "-", "- a", "? a",
    "*",
    "*a", "&a", "!a", "|", ">", "%a", "@a", "`a", "#", "a #b", "a#b", "a: b", "a:", ":a", ",", "a,b", "[a]", "{a}",
    "a]", "}",
    "<<", "=", "---", "...", "\"", "'", "it's", "say \"hi\"", "\\", "a\\n", "two\nlines", "a\r\nb", "\ttab", "tab\t",
    "a  b",
    " a", "a ", "žluť", "表", "🇨🇿", "e\u{301}", "\u{301}", "\u{1}", "\u{7f}", "\u{85}", "\u{a0}", "\u{2028}",
    "\u{2029}",
    "\u{feff}", "\u{fffe}", "\u{ffff}", "\u{202e}", "\u{e000}", "\u{10ffff}", "\u{1fffe}", "2024-01-01", "12:30",
    "numeric(12,2)", "timestamp with time zone", "$${a}", "${a}",
  ]

  @Test("is read as just that string: as a value, a key, and within brackets", arguments: hostile)
  func reads(text: String) throws {
    let written = Scalar.written(text)
    let yaml = "\(written): [\(written), {\(written): \(written)}]\nlast: \(written)  # \(written)\n"
    let file = YAMLFile(Array(yaml.utf8), file: "a.yaml")
    #expect(file.diagnostics.isEmpty, "\(yaml)")
    guard case .mapping(let entries)? = file.documents.first?.content, entries.count == 2,
      case .sequence(let list) = entries[0].value.content, list.count == 2,
      case .mapping(let inner) = list[1].content, inner.count == 1
    else {
      Issue.record("another shape: \(yaml)")
      return
    }
    #expect(Array(entries[0].key.unicodeScalars) == Array(text.unicodeScalars))
    #expect(Array(inner[0].key.unicodeScalars) == Array(text.unicodeScalars))
    for node in [list[0], inner[0].value, entries[1].value] {
      guard case .scalar(let scalar) = node.content else {
        Issue.record("no scalar: \(yaml)")
        continue
      }
      #expect(Array(scalar.text.unicodeScalars) == Array(text.unicodeScalars))
      #expect(scalar.kind == .string, "\(yaml)")
    }
    #expect(!written.unicodeScalars.contains { $0.value < 0x20 || $0 == "\u{202e}" || $0 == "\u{2028}" })
  }

  @Test("stands without quotes where nobody can take it for anything else")
  func plain() {
    for text in [
      "orders", "sales.orders", "Orders_2024", "data/orders-1.csv", "timestamp with time zone", "varchar(20)",
    ] {
      #expect(Scalar.written(text) == text)
    }
    #expect(Scalar.written("numeric(12,2)") == #""numeric(12,2)""#)
    #expect(Scalar.written("a\nb\u{202e}\"") == #""a\nb\u202e\"""#)
  }
}
