public import Diagnostics

/// The lines of a file with what stands at `places` hidden, each of its scalars behind a bullet.
public func hiding(_ places: [Place], in lines: [String]) -> [String] {
  var lines = lines
  for place in places where place.line >= 1 && place.line <= place.endLine {
    for number in place.line...place.endLine where number <= lines.count {
      let scalars = Array(lines[number - 1].unicodeScalars)
      let start = number == place.line ? place.column - 1 : 0
      let end = number == place.endLine ? place.endColumn - 1 : scalars.count
      var hidden = String.UnicodeScalarView()
      for (index, scalar) in scalars.enumerated() {
        hidden.append(index >= start && index < end ? "\u{2022}" : scalar)
      }
      lines[number - 1] = String(hidden)
    }
  }
  return lines
}
