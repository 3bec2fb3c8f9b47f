extension String {
  /// The cells that it takes in a terminal, one line assumed: wide East Asian characters and emoji take two, combining
  /// marks none.
  public var displayWidth: Int {
    if utf8.allSatisfy({ (0x20..<0x7F).contains($0) }) { return utf8.count }
    return reduce(0) { $0 + $1.displayWidth }
  }

  /// The text with spaces up to `width` cells.
  func padded(to width: Int) -> String { self + String(repeating: " ", count: max(0, width - displayWidth)) }

  /// The text behind spaces that make it `width` cells.
  func paddedAtStart(to width: Int) -> String { String(repeating: " ", count: max(0, width - displayWidth)) + self }

  /// The text, or its beginning and `…` where it takes more than `width` cells.
  func cut(to width: Int) -> String {
    // A character takes at most a few cells, so text this short is measured quickly; longer text surely does not fit.
    if utf8.count <= width { return self }
    var result = ""
    var cells = 0
    var fitting = ""
    for character in self {
      cells += character.displayWidth
      if cells > width { return width < 1 ? "" : fitting + "…" }
      result.append(character)
      if cells <= width - 1 { fitting = result }
    }
    return result
  }
}

extension Character {
  /// The cells that it takes in a terminal.
  var displayWidth: Int {
    if let ascii = asciiValue { return (0x20..<0x7F).contains(ascii) ? 1 : 0 }
    if isEmojiSequence { return 2 }
    return unicodeScalars.reduce(0) { $0 + $1.displayWidth }
  }

  /// Several scalars that terminals draw as one emoji: flags, joined ones, with a skin tone or an emoji variation.
  private var isEmojiSequence: Bool {
    guard unicodeScalars.count > 1, let first = unicodeScalars.first, first.properties.isEmoji else { return false }
    return unicodeScalars.dropFirst().contains {
      $0 == "\u{200D}" || $0 == "\u{FE0F}" || $0.properties.isEmojiModifier
        || (0x1F1E6...0x1F1FF).contains($0.value)
    }
  }
}

extension Unicode.Scalar {
  /// The cells that it takes by itself.
  fileprivate var displayWidth: Int {
    switch properties.generalCategory {
    case .control, .format, .nonspacingMark, .enclosingMark, .lineSeparator, .paragraphSeparator: return 0
    default: break
    }
    // The vowels and final consonants of Hangul are drawn into the syllable that their first consonant began.
    if (0x1160...0x11FF).contains(value) || (0xD7B0...0xD7FF).contains(value) { return 0 }
    if value < 0x1100 { return 1 }
    return properties.isEmojiPresentation || Self.wide.contains { $0.contains(value) } ? 2 : 1
  }

  /// The blocks whose characters are wide or full-width (Unicode's EastAsianWidth.txt), emoji left out.
  private static let wide: [ClosedRange<UInt32>] = [
    0x1100...0x115F, 0x2329...0x232A, 0x2E80...0x303E, 0x3041...0xA4CF, 0xA960...0xA97F, 0xAC00...0xD7A3,
    0xF900...0xFAFF, 0xFE10...0xFE19, 0xFE30...0xFE6F, 0xFF01...0xFF60, 0xFFE0...0xFFE6, 0x16FE0...0x18DFF,
    0x1AFF0...0x1B2FF, 0x1F200...0x1F2FF, 0x20000...0x3FFFD,
  ]
}
