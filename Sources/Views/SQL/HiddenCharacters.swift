/// `script`, SQL, with what a terminal would obey or hide in quoted names and texts written as SQL's own escapes
/// (`U&"\001b"`, manual, 4.1.2.3): it means the same, and can be shown.
///
/// A text with escapes of its own (`E'...'`) is left as it is.
func showingHidden(in script: String) -> String {
  let scalars = Array(script.unicodeScalars)
  guard scalars.contains(where: isHidden) else { return script }
  var result = String.UnicodeScalarView()
  var at = 0
  while at < scalars.count {
    let scalar = scalars[at]
    if scalar == "-", at + 1 < scalars.count, scalars[at + 1] == "-" {
      let end = scalars[at...].firstIndex(of: "\n") ?? scalars.count
      result.append(contentsOf: scalars[at..<end])
      at = end
    } else if scalar == "\"" || scalar == "'" {
      let end = endOfQuoted(scalars, at)
      let isPlain = at == 0 || !(scalars[at - 1].properties.isAlphabetic || scalars[at - 1] == "&")
      let token = scalars[at..<end]
      if isPlain, token.contains(where: isHidden) {
        appendEscaped(token, to: &result)
      } else {
        result.append(contentsOf: token)
      }
      at = end
    } else {
      result.append(scalar)
      at += 1
    }
  }
  return String(result)
}

private func isHidden(_ scalar: Unicode.Scalar) -> Bool { scalar != "\n" && scalar.shownInstead != nil }

/// Behind the quote that ends what the one at `start` begins; a doubled quote ends nothing.
private func endOfQuoted(_ scalars: [Unicode.Scalar], _ start: Int) -> Int {
  var at = start + 1
  while at < scalars.count {
    guard scalars[at] == scalars[start] else {
      at += 1
      continue
    }
    if at + 1 == scalars.count || scalars[at + 1] != scalars[start] { return at + 1 }
    at += 2
  }
  return scalars.count
}

private func appendEscaped(_ token: ArraySlice<Unicode.Scalar>, to result: inout String.UnicodeScalarView) {
  result.append(contentsOf: "U&".unicodeScalars)
  for scalar in token {
    if scalar == "\\" {
      result.append(contentsOf: #"\\"#.unicodeScalars)
    } else if isHidden(scalar) {
      let digits = String(scalar.value, radix: 16)
      let width = scalar.value > 0xffff ? 6 : 4
      let escape = (width == 6 ? #"\+"# : #"\"#) + String(repeating: "0", count: max(0, width - digits.count)) + digits
      result.append(contentsOf: escape.unicodeScalars)
    } else {
      result.append(scalar)
    }
  }
}
