/// A secret's value. It cannot be printed, interpolated, encoded or reflected; only who opens a connection, or a tunnel,
/// reveals it.
///
/// From the moment that there is one, ``Redaction`` takes its value out of what servers and programs say.
public struct Secret: Sendable, Hashable {
  private let value: String

  /// Wraps `value`.
  public init(_ value: String) {
    self.value = value
    Redaction.learn(value)
  }

  /// Lends the value to the code that hands it on.
  public func reveal<Result>(_ use: (String) throws -> Result) rethrows -> Result { try use(value) }
}

extension Secret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  /// Never the value.
  public var description: String { "(secret)" }
  /// Never the value.
  public var debugDescription: String { "(secret)" }
  /// Nothing to see.
  public var customMirror: Mirror { Mirror(self, children: []) }
}
