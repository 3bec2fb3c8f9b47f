import Diagnostics
import TestSupport
import Testing
import YAML

@Suite struct TortureTests {
  static let manifest = """
    # A manifest with something of everything.
    authorizers: &all
      wh: {url: {env: DATABASE_URL}, labels: &l {a: 'b', "c": "d\\u00e9"}}
    flows:
      orders:
        source:
          authorizer: crm
          query: |
            SELECT *
              FROM orders -- ž
        columns: {total: !!str "numeric(12,2)", "*": inferred}
        labels: *l
      ? key
      : - 1
        - >-
          folded
          text
    --- # next
    %x: []
    ...
    """

  /// Reads `bytes`; what may be asked of the outcome whatever they are.
  private func check(_ bytes: [UInt8]) {
    let file = YAMLFile(bytes, file: "f", limits: Limits(depth: 16, aliasedNodes: 1000))
    let lines = bytes.count { $0 == 0x0a || $0 == 0x0d } + 1
    for diagnostic in file.diagnostics {
      let place = diagnostic.place
      #expect(place != nil && (1...lines + 1).contains(place?.line ?? 0) && (place?.column ?? 0) >= 1)
    }
    #expect(file.isComplete || !file.diagnostics.isEmpty)
  }

  @Test("A manifest cut off at any byte is read, or refused in place")
  func truncated() {
    let bytes = Array(Self.manifest.utf8)
    for count in 0...bytes.count { check(Array(bytes[..<count])) }
  }

  @Test(
    "A manifest with any byte replaced is read, or refused in place",
    arguments: [0x00, 0x09, 0x20, 0x3a, 0x5b, 0x80, 0xff] as [UInt8])
  func replaced(byte: UInt8) {
    let bytes = Array(Self.manifest.utf8)
    for index in bytes.indices {
      var changed = bytes
      changed[index] = byte
      check(changed)
    }
  }

  @Test("Random bytes are refused in place", arguments: 1...20 as ClosedRange<UInt64>)
  func random(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    for _ in 0..<100 {
      check((0..<Int.random(in: 0...200, using: &generator)).map { _ in UInt8.random(in: 0...255, using: &generator) })
    }
  }

  @Test("Random YAML punctuation is read, or refused in place", arguments: 1...20 as ClosedRange<UInt64>)
  func punctuation(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    let pieces = [
      "{", "}", "[", "]", ":", ": ", ", ", "- ", "\n", "  ", "&a ", "*a", "!x ", "'", "\"", "|\n", "? ", "#", "a", "1",
      "---\n", "%",
    ]
    for _ in 0..<200 {
      let text = (0..<Int.random(in: 0...60, using: &generator)).map { _ in
        pieces.randomElement(using: &generator) ?? ""
      }
      check(Array(text.joined().utf8))
    }
  }

  @Test(
    "Nesting without end costs neither the stack nor much time",
    arguments: ["[", "{a: ", "- ", "? ", "[{", "&a [", "!x ["])
  func nesting(piece: String) {
    check(Array(String(repeating: piece, count: 50_000).utf8))
    check(Array((0..<2000).map { String(repeating: " ", count: $0) + "a:\n" }.joined().utf8))
  }

  @Test("A billion laughs are not told")
  func billionLaughs() {
    let names = ["a", "b", "c", "d", "e", "f", "g", "h", "i"]
    var text = "x: &x [lol]\n"
    var last = "x"
    for name in names {
      text += "\(name): &\(name) [" + Array(repeating: "*\(last)", count: 10).joined(separator: ", ") + "]\n"
      last = name
    }
    let file = YAMLFile(Array(text.utf8), file: "f")
    #expect(file.diagnostics.map(\.code) == ["alias-expansion"])
  }
}
