import Diagnostics
import Testing
import YAML

/// `text` as YAML, with one letter for each kind of node.
private func shown(_ text: String) -> [String] { YAMLFile(Array(text.utf8), file: "f").documents.map(shown) }

private func shown(_ node: Node) -> String {
  switch node.content {
  case .scalar(let scalar): scalar.style == .quoted ? "'\(scalar.text)'" : scalar.text
  case .sequence(let nodes): "[" + nodes.map(shown).joined(separator: ",") + "]"
  case .mapping(let entries): "{" + entries.map { "\($0.key):\(shown($0.value))" }.joined(separator: ",") + "}"
  }
}

private func place(_ line: Int, _ column: Int, _ endLine: Int, _ endColumn: Int) -> Place {
  Place(file: "f", line: line, column: column, endLine: endLine, endColumn: endColumn)
}

@Suite struct TreeTests {
  @Test(
    "Documents become trees",
    arguments: [
      ("", []), ("# comment\n", []), ("---\n", [""]), ("a: 1", ["{a:1}"]),
      ("a: 1\n---\nb: 2\n...\n", ["{a:1}", "{b:2}"]),
      ("{a: [1, '2', \"\\u00e9\"], b: }", ["{a:[1,'2','é'],b:}"]),
      ("a: |\n  x\n  y\nb: >\n  x\n  y\n", ["{a:'x\ny\n',b:'x y\n'}"]),
      ("a: &x [1, 2]\nb: *x\n", ["{a:[1,2],b:[1,2]}"]), ("a: !!str 5\nb: ! 5\nc: !!int 5\n", ["{a:'5',b:'5',c:5}"]),
      ("\u{feff}a: 1", ["{a:1}"]), ("a: 1\r\nb: 2\r\n", ["{a:1,b:2}"]), ("1: a\ntrue: b\n'': c", ["{1:a,true:b,:c}"]),
    ] as [(String, [String])])
  func trees(text: String, trees: [String]) {
    let file = YAMLFile(Array(text.utf8), file: "f")
    #expect(file.diagnostics == [])
    #expect(file.isComplete)
    #expect(shown(text) == trees)
  }

  @Test("Places count from 1, columns in Unicode scalars, whatever is before them")
  func places() throws {
    let text = "\u{feff}ключ: {\"e\u{301}👩‍👩‍👧\": wert}\r\nlist:\r\n  - ab\r\n"
    let file = YAMLFile(Array(text.utf8), file: "f")
    guard case .mapping(let entries) = try #require(file.documents.first).content else { return }
    #expect(entries[0].keyPlace == place(1, 1, 1, 5))
    #expect(entries[0].value.place == place(1, 7, 1, 24))
    guard case .mapping(let inner) = entries[0].value.content else { return }
    #expect(inner[0].keyPlace == place(1, 8, 1, 17))
    #expect(inner[0].value.place == place(1, 19, 1, 23))
    #expect(entries[1].keyPlace == place(2, 1, 2, 5))
    guard case .sequence(let nodes) = entries[1].value.content else { return }
    #expect(nodes[0].place == place(3, 5, 3, 7))
  }

  @Test("A key that comes twice shows both places, in small maps and in large ones", arguments: [2, 11, 12, 13, 100])
  func duplicates(count: Int) {
    let lines = (0..<count).map { "k\($0): 1\n" }.joined()
    let file = YAMLFile(Array((lines + "k0: 2\nk\(count - 1): 3\n").utf8), file: "f")
    #expect(file.diagnostics.map(\.code) == ["duplicate-key", "duplicate-key"])
    #expect(file.diagnostics.map { $0.place?.line } == [count + 1, count + 2])
    #expect(file.diagnostics.map { $0.related.first?.place.line } == [1, count])
  }
}

@Suite struct RefusalTests {
  @Test(
    "What may not stand in a manifest is refused where it stands",
    arguments: [
      ("a: 1\n\tb: 2", "yaml-syntax", 2, 1), ("a:\n\t- b", "yaml-syntax", 2, 1), ("a: [1, 2", "yaml-syntax", 1, 4),
      ("a: b: c", "yaml-syntax", 1, 5), ("a: 'x", "yaml-syntax", 1, 6), ("a: @x", "yaml-syntax", 1, 4),
      ("%YAML 3.0\n---\na", "yaml-syntax", 1, 1), ("a: !x 1", "unknown-tag", 1, 4),
      ("a: !!binary x", "unknown-tag", 1, 4),
      ("a: !<tag:x.org,2000:y> {}", "unknown-tag", 1, 4), ("a: *b", "unknown-anchor", 1, 4),
      ("a: &b [*b]", "alias-expansion", 1, 8), ("{[a]: 1}", "complex-key", 1, 2),
      ("? {a: 1}\n: 2", "complex-key", 1, 3),
      ("é: \u{85}", "invalid-character", 1, 4), ("a\n# \u{2028}", "invalid-character", 2, 3),
      ("a: \"\\0\"", "invalid-character", 1, 4), ("a: \0", "invalid-character", 1, 4),
      ("a: \u{7f}", "invalid-character", 1, 4),
      (String(repeating: "[", count: 65) + "]", "too-deep", 1, 65),
    ] as [(String, String, Int, Int)])
  func refusals(text: String, code: String, line: Int, column: Int) {
    let found = YAMLFile(Array(text.utf8), file: "f").diagnostics
    #expect(found.map(\.code) == [code])
    #expect(found.first?.place?.line == line)
    #expect(found.first?.place?.column == column)
    #expect(found.first?.place?.file == "f")
  }

  @Test("A tab for indentation is called one")
  func tabs() {
    let found = YAMLFile(Array("flows:\n \ta: 1\n".utf8), file: "f").diagnostics
    #expect(found.map(\.message) == ["a tab is used for indentation"])
    #expect(found.first?.place == place(2, 2, 2, 3))
    #expect(found.first?.help == ["indent with spaces"])
  }

  @Test(
    "Bytes that are not UTF-8 are found where they are",
    arguments: [
      [0xff], [0xc3], [0xc3, 0x28], [0xc0, 0x80], [0xe0, 0x80, 0x80], [0xed, 0xa0, 0x80], [0xf0, 0x80, 0x80, 0x80],
      [0xf4, 0x90, 0x80, 0x80], [0xf8, 0x88, 0x80, 0x80, 0x80], [0xe2, 0x82],
    ] as [[UInt8]])
  func invalidUTF8(bytes: [UInt8]) {
    let file = YAMLFile(Array("a: 1\r\nžluť: x".utf8) + bytes, file: "f")
    #expect(file.diagnostics.map(\.code) == ["invalid-utf8"])
    #expect(file.diagnostics.first?.place == place(2, 8, 2, 9))
    #expect(file.documents == [])
    #expect(!file.isComplete)
  }

  @Test("UTF-16 is not UTF-8")
  func utf16() {
    #expect(YAMLFile([0xff, 0xfe, 0x61, 0], file: "f").diagnostics.map(\.code) == ["invalid-utf8"])
  }

  @Test("All that is wrong is found in one go, up to the first syntax error")
  func allAtOnce() {
    let file = YAMLFile(Array("a: 1\na: 2\nb: !x 3\nc: *d\ne: [\n".utf8), file: "f")
    #expect(file.diagnostics.map(\.code) == ["duplicate-key", "unknown-tag", "unknown-anchor", "yaml-syntax"])
    #expect(!file.isComplete)
  }

  @Test("Aliases may stand for so many values, and no more")
  func aliases() {
    let ten = "[" + Array(repeating: "x", count: 9).joined(separator: ",") + "]"
    let fine = YAMLFile(Array("a: &a \(ten)\nb: [*a, *a]".utf8), file: "f", limits: Limits(aliasedNodes: 20))
    #expect(fine.diagnostics == [])
    let much = YAMLFile(Array("a: &a \(ten)\nb: [*a, *a, *a, *a]".utf8), file: "f", limits: Limits(aliasedNodes: 20))
    #expect(much.diagnostics.map(\.code) == ["alias-expansion"])
    let deep = YAMLFile(Array("a: &a [[[x]]]\nb: [[*a]]".utf8), file: "f", limits: Limits(depth: 5))
    #expect(deep.diagnostics.map(\.code) == ["too-deep"])
    let nested = "a: &a [[x]]\nb: &b [*a]\nc: [*b]\n"
    #expect(YAMLFile(Array(nested.utf8), file: "f", limits: Limits(depth: 5)).diagnostics == [])
    #expect(YAMLFile(Array(nested.utf8), file: "f", limits: Limits(depth: 4)).diagnostics.map(\.code) == ["too-deep"])
  }
}
