import Diagnostics
import Testing
import Views

@Suite("Hiding what may be a secret") struct HidingTests {
  @Test("What stands at a place is hidden, and nothing else") func oneLine() {
    let place = Place(file: "a", line: 2, column: 4, endLine: 2, endColumn: 6)
    #expect(hiding([place], in: ["abcdefg", "abcdefg"]) == ["abcdefg", "abc••fg"])
  }

  @Test("Over several lines, and past the end of the file") func severalLines() {
    let place = Place(file: "a", line: 1, column: 3, endLine: 9, endColumn: 1)
    #expect(hiding([place], in: ["abc", "de"]) == ["ab•", "••"])
    #expect(hiding([Place(file: "a", line: 7, column: 1)], in: ["abc"]) == ["abc"])
  }
}
