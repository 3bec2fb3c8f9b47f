extension String {
  /// The text with nothing left that a terminal would obey or hide: an escape is shown as `␛`, others as `\u{202e}`.
  ///
  /// Manifests and servers may hold text of strangers; drawn as it is, it could move the cursor, change the title, turn
  /// the direction of a line or hide a part of it.
  ///
  /// - Parameter keepingNewlines: Whether the text may have several lines.
  public func printable(keepingNewlines: Bool = false) -> String {
    if utf8.allSatisfy({ (0x20..<0x7F).contains($0) }) { return self }
    var result = String.UnicodeScalarView()
    for scalar in unicodeScalars {
      if keepingNewlines, scalar == "\n" {
        result.append(scalar)
      } else if let shown = scalar.shownInstead {
        result.append(contentsOf: shown.unicodeScalars)
      } else {
        result.append(scalar)
      }
    }
    return String(result)
  }

  /// The printable lines of the text.
  var printableLines: [String] {
    split(separator: "\n", omittingEmptySubsequences: false).map { String($0).printable() }
  }
}

extension Unicode.Scalar {
  /// What stands for it on a terminal, where it may not be sent there itself.
  var shownInstead: String? {
    switch value {
    case 0x20..<0x7F: return nil
    case 0..<0x20: return Unicode.Scalar(0x2400 + value).map { String(Character($0)) }
    case 0x7F: return "␡"
    case 0x200C, 0x200D: return nil  // They join emoji, and shape letters of Persian and of Indian languages.
    default: break
    }
    switch properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator: return "\\u{\(String(value, radix: 16))}"
    default: return nil
    }
  }
}
