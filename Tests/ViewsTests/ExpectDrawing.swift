import TestSupport
import Testing
import Views

/// Expects what `draw` draws to be the golden file `name.txt`, and with colours `name.colour.txt`, where an escape
/// character is written as `\e`. Without its colours the second must be the first.
func expectDrawing(
  _ name: String, width: Int = 100, sourceLocation: SourceLocation = #_sourceLocation,
  draw: (Style) throws -> String
) throws {
  let plain = try draw(Style(colour: false, width: width))
  let coloured = try draw(Style(colour: true, width: width))
  #expect(!plain.contains("\u{1b}"), sourceLocation: sourceLocation)
  #expect(coloured.replacing(/\u{1b}\[[0-9;]+m/, with: "") == plain, sourceLocation: sourceLocation)
  for line in plain.split(separator: "\n") {
    #expect(!line.hasSuffix(" "), "a space at the end of: \(line)", sourceLocation: sourceLocation)
  }
  try expectGolden(plain + "\n", "\(name).txt", sourceLocation: sourceLocation)
  let visible = coloured.replacing("\u{1b}", with: "\\e")
  try expectGolden(visible + "\n", "\(name).colour.txt", sourceLocation: sourceLocation)
}
