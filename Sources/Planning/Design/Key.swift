internal import Catalog
internal import State
internal import Manifests

extension FlowDesign {
  /// The key that rows are matched by: declared, else the table's primary key, else the recorded one, else the primary
  /// key of the table that is read.
  ///
  /// - Returns: nothing where the write mode needs none and none is declared, or none is to be had.
  func key(table: Table?, recorded: AppliedResource?) -> [Identifier]? {
    if let declared = spec.key { return declared.map { Identifier($0) } }
    guard spec.writeMode.needsKey else { return nil }
    return table?.primaryKey ?? recorded?.key?.map { Identifier($0) } ?? sourceKey
  }
}
