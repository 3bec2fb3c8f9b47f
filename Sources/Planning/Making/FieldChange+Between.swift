internal import JSON
internal import OrderedCollections

extension FieldChange {
  /// The fields that differ between two canonical specs, by path; maps are entered, lists are compared as a whole.
  static func between(_ before: JSONValue?, _ after: JSONValue?, path: String = "") -> [FieldChange] {
    if before == after { return [] }
    let old = before?.objectValue, new = after?.objectValue
    let isMap = (old != nil || before == nil) && (new != nil || after == nil)
    guard isMap, old != nil || new != nil else { return [FieldChange(path: path, before: before, after: after)] }
    let keys = Set(old?.keys.elements ?? []).union(new?.keys.elements ?? []).sorted()
    return keys.flatMap { key in
      between(old?[key], new?[key], path: path.isEmpty ? key : "\(path).\(key)")
    }
  }
}
