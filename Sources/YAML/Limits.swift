/// How far a YAML file may go; what goes beyond is refused, before it costs memory or time.
public struct Limits: Hashable, Sendable {
  /// Lists and maps within each other, what comes through aliases included.
  public var depth: Int
  /// Values that aliases add to a file.
  public var aliasedNodes: Int

  /// Makes limits.
  public init(depth: Int = 64, aliasedNodes: Int = 100_000) {
    self.depth = depth
    self.aliasedNodes = aliasedNodes
  }
}
