/// A secret's value. It cannot be printed, interpolated, encoded or reflected; only who opens a connection reveals it.
public struct Secret: Sendable {
  private let value: String

  /// Wraps `value`.
  public init(_ value: String) { self.value = value }

  /// Lends the value to the code that hands it to libpq.
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
