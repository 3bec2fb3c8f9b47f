/// An authorizer that flows may write to, with its default schema.
public struct Destination: Equatable, Sendable {
  /// The name of an authorizer.
  public var authorizer: String = ""
  /// For tables that are named without a schema.
  public var defaultSchema: String = "dbo"
  /// The ledger's schema; nothing is written: that of the target table.
  public var ledgerSchema: String?

  /// A destination with the defaults.
  public init() {}
}
