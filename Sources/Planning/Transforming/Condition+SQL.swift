internal import Catalog
internal import Manifests

extension Condition {
  /// As SQL. The server takes each value for one of the column's type.
  var sql: BoundSQL {
    let column: BoundSQL = "\(identifier: Identifier(column))"
    func compared(_ sign: String) -> BoundSQL {
      "\(sql: column) \(raw: sign) \(value: values.first?.comparedText ?? "")"
    }
    switch comparator {
    case .equal: return compared("=")
    case .notEqual: return compared("<>")
    case .less, .lessOrEqual, .greater, .greaterOrEqual: return compared(comparator.rawValue)
    case .oneOf:
      let all: [BoundSQL] = values.map { "\(value: $0.comparedText)" }
      return "\(sql: column) IN (\(sql: all.joined(separator: ", ")))"
    case .isNull: return "\(sql: column) IS NULL"
    case .isNotNull: return "\(sql: column) IS NOT NULL"
    case .matches: return "\(sql: column)::pg_catalog.text ~ \(value: values.first?.comparedText ?? "")"
    }
  }
}
