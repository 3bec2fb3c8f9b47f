internal import JSON
internal import OrderedCollections

extension FieldChange {
  /// The fields that differ between two canonical specs, by path.
  ///
  /// Maps are entered, and so are a flow's columns (`columns.total.type`) while their order is the same; lists are
  /// compared as a whole.
  static func between(_ before: JSONValue?, _ after: JSONValue?, path: String = "") -> [FieldChange] {
    if before == after { return [] }
    if path == "columns", let old = before?.byName, let new = after?.byName, areInOneOrder(old, new) {
      return between(.object(old), .object(new), path: path)
    }
    let old = before?.objectValue, new = after?.objectValue
    let isMap = (old != nil || before == nil) && (new != nil || after == nil)
    guard isMap, old != nil || new != nil else { return [FieldChange(path: path, before: before, after: after)] }
    let keys = Set(old?.keys.elements ?? []).union(new?.keys.elements ?? []).sorted()
    return keys.flatMap { key in
      between(old?[key], new?[key], path: path.isEmpty ? key : "\(path).\(key)")
    }
  }

  private static func areInOneOrder(
    _ old: OrderedDictionary<String, JSONValue>, _ new: OrderedDictionary<String, JSONValue>
  ) -> Bool {
    old.keys.filter { new[$0] != nil } == new.keys.filter { old[$0] != nil }
  }
}

extension JSONValue {
  /// A list of objects that each have a `name` of their own, as a map of them; nothing for any other value.
  fileprivate var byName: OrderedDictionary<String, JSONValue>? {
    guard let elements = arrayValue else { return nil }
    var map: OrderedDictionary<String, JSONValue> = [:]
    for element in elements {
      guard var members = element.objectValue, let name = members.removeValue(forKey: "name")?.stringValue,
        map.updateValue(.object(members), forKey: name) == nil
      else { return nil }
    }
    return map
  }
}
