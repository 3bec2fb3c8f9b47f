/// A pattern of paths: `*` and `?` within a part, `**` for any number of parts.
public struct Glob: Hashable, Sendable {
  private let parts: [[Unicode.Scalar]]

  /// Reads a pattern; any text is one.
  public init(_ pattern: String) {
    parts = pattern.split(separator: "/").filter { $0 != "." }.map { Array($0.unicodeScalars) }
  }

  /// A pattern of names, in which a `/` is a letter like any other.
  public init(ofNames pattern: String) { parts = [Array(pattern.unicodeScalars)] }

  /// Whether the whole of `name` is of the form of a pattern of names.
  public func matches(name: String) -> Bool { Self.match(parts[...], [Array(name.unicodeScalars)][...], matchesPart) }

  /// Whether the whole of `path`, with `/` between its parts, is of this form.
  public func matches(_ path: String) -> Bool {
    Self.match(parts[...], path.split(separator: "/").map { Array($0.unicodeScalars) }[...], matchesPart)
  }

  private func matchesPart(_ pattern: [Unicode.Scalar], _ part: [Unicode.Scalar]) -> Bool {
    Self.match(pattern[...], part[...]) { $0 == "?" || $0 == $1 }
  }

  private static func match(
    _ pattern: ArraySlice<[Unicode.Scalar]>, _ path: ArraySlice<[Unicode.Scalar]>,
    _ fits: ([Unicode.Scalar], [Unicode.Scalar]) -> Bool
  ) -> Bool {
    wildcard(pattern, path, isStar: { $0 == ["*", "*"] }, fits)
  }

  private static func match(
    _ pattern: ArraySlice<Unicode.Scalar>, _ text: ArraySlice<Unicode.Scalar>,
    _ fits: (Unicode.Scalar, Unicode.Scalar) -> Bool
  ) -> Bool {
    wildcard(pattern, text, isStar: { $0 == "*" }, fits)
  }

  /// Matches element by element; on a mismatch, lets the last star take one more. Takes at most the product of lengths.
  private static func wildcard<Element>(
    _ pattern: ArraySlice<Element>, _ text: ArraySlice<Element>, isStar: (Element) -> Bool,
    _ fits: (Element, Element) -> Bool
  ) -> Bool {
    var (p, t) = (pattern.startIndex, text.startIndex)
    var retry: (pattern: Int, text: Int)?
    while t < text.endIndex {
      if p < pattern.endIndex, isStar(pattern[p]) {
        retry = (p + 1, t)
        p += 1
      } else if p < pattern.endIndex, fits(pattern[p], text[t]) {
        (p, t) = (p + 1, t + 1)
      } else if let last = retry {
        retry = (last.pattern, last.text + 1)
        (p, t) = (last.pattern, last.text + 1)
      } else {
        return false
      }
    }
    return pattern[p...].allSatisfy(isStar)
  }
}
