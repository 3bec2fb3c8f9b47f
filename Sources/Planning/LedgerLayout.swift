public import Catalog

/// The ledger's table: placeholder until Loading's lands.
public enum LedgerLayout {
  public static let tableName = Identifier("_sluice_loads")
  public static func statements(for ledger: QualifiedName) -> [String] { [] }
}
