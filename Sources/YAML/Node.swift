public import Diagnostics

/// A value of a YAML document, with its place. Anchors and aliases are resolved: the tree is all there is.
public struct Node: Hashable, Sendable {
  /// What a value may be.
  public enum Content: Hashable, Sendable {
    case scalar(Scalar)
    case sequence([Node])
    /// In the order written; no two entries have equal keys.
    case mapping([Entry])
  }

  /// What it is.
  public var content: Content
  /// Where it stands; what came through an alias stands where its anchor is.
  public var place: Place

  /// Makes a value.
  public init(_ content: Content, at place: Place) {
    self.content = content
    self.place = place
  }
}

/// A key of a mapping and its value.
public struct Entry: Hashable, Sendable {
  /// The key's text, whatever YAML would take it for.
  public var key: String
  /// Where the key stands.
  public var keyPlace: Place
  public var value: Node

  /// Makes an entry.
  public init(key: String, keyPlace: Place, value: Node) {
    self.key = key
    self.keyPlace = keyPlace
    self.value = value
  }
}

/// A value that is neither a list nor a map: its text, and how it is written.
public struct Scalar: Hashable, Sendable {
  /// How a scalar is written, which decides how its text may be read.
  public enum Style: Hashable, Sendable {
    /// Without quotes: what it is follows from the text.
    case plain
    /// In quotes, or as a block (`|`, `>`): always a string.
    case quoted
    /// Put together after parsing: read as whatever is wanted.
    case substituted
    /// Holds what could not be put together, which is reported already: there is nothing to be said of its value.
    case unknown
  }

  /// The text, with quotes, escapes and folded lines resolved, and every digit kept.
  public var text: String
  public var style: Style

  /// Makes a scalar.
  public init(_ text: String, _ style: Style) {
    self.text = text
    self.style = style
  }
}
