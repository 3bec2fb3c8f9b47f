import Diagnostics
import Testing

@Suite struct DiagnosticTests {
  @Test("Diagnostics are sorted by place, those without one first, then by code and message")
  func order() {
    func diagnostic(_ code: String, _ message: String, _ place: Place? = nil) -> Diagnostic {
      Diagnostic(.error, code, message, at: place)
    }
    let sorted = [
      diagnostic("a", "m"), diagnostic("b", "l"), diagnostic("b", "m"),
      diagnostic("z", "m", Place(file: "a", line: 2, column: 9)),
      diagnostic("y", "m", Place(file: "a", line: 10, column: 1)),
      diagnostic("y", "m", Place(file: "a", line: 10, column: 2)),
      diagnostic("y", "m", Place(file: "a", line: 10, column: 2, endColumn: 8)),
      diagnostic("z", "m", Place(file: "a", line: 10, column: 2, endColumn: 8)),
      diagnostic("a", "m", Place(file: "b", line: 1, column: 1)),
    ]
    #expect(sorted.reversed().sorted() == sorted)
    for (index, left) in sorted.enumerated() {
      for (other, right) in sorted.enumerated() { #expect((left < right) == (index < other)) }
    }
  }

  @Test("A place without an end is one scalar wide, and reads as file:line:column")
  func place() {
    let place = Place(file: "a b.yaml", line: 3, column: 7)
    #expect((place.endLine, place.endColumn) == (3, 8))
    #expect("\(place)" == "a b.yaml:3:7")
  }

  @Test("What was recorded, or is yet to be written, stands nowhere")
  func nowhere() {
    let place = Place(file: "", line: 1, column: 1)
    let diagnostic = Diagnostic(.error, "a", "m", at: place, related: [RelatedPlace("here", at: place)])
    #expect(diagnostic.place == nil)
    #expect(diagnostic.related == [])
  }

  @Test("An error outweighs a warning")
  func severity() {
    #expect(Severity.warning < .error)
    #expect([Severity.warning, .error, .warning].max() == .error)
  }
}
