internal import Catalog
internal import Manifests
internal import Postgres

/// The rows that a load reads by a cursor: those from the value on that the last load got to, up to the largest one.
///
/// Values are text, as the server writes them; the server compares them.
struct CursorSpan {
  let column: Identifier
  /// As `format_type` writes it, without a modifier.
  let type: String
  /// Where the last load ended, or else `initial`.
  var from: String?
  /// The largest value there is, never one below `from`; nothing where there is none.
  var to: String?
  /// How far before `from` rows are read again; only of types that a duration can be taken from.
  var lag: Duration = .zero
  /// Whether rows with just `from` are left out: nothing would tell those that are there already.
  var isBehind = false
  /// Whether there are rows beyond `from`.
  var hasNew = true
  /// What a backfill reads in place of what lies between `from` and `to`.
  var window: CursorWindow?

  /// The column.
  var value: SQL { "s.\(identifier: column)" }

  /// The condition that a row is read.
  var condition: SQL {
    if let window { return window.condition(of: self) }
    guard let to, let upper = constant(to) else { return "false" }
    var condition: SQL = "\(sql: value) <= \(sql: upper)"
    if let from, let lower = constant(from) {
      condition.append(" AND \(sql: value) \(raw: isBehind ? ">" : ">=") \(sql: lower)")
      if lag > .zero { condition.append(" - interval '\(raw: Self.milliseconds(lag)) milliseconds'") }
    }
    return condition
  }

  /// The condition that a row has a place in the order. What the server puts behind all others would end all loads.
  var isPlaced: SQL {
    switch base {
    case "real", "double precision", "date", "timestamp without time zone", "timestamp with time zone":
      "\(sql: value) < 'infinity'::\(raw: type)"
    case "numeric": "\(sql: value) < 'NaN'::\(raw: type)"
    default: "\(sql: value) IS NOT NULL"
    }
  }

  /// The condition that it has none, in a form that an index can find.
  var isNotPlaced: SQL {
    switch base {
    case "real", "double precision", "date", "timestamp without time zone", "timestamp with time zone":
      "\(sql: value) IS NULL OR \(sql: value) >= 'infinity'::\(raw: type)"
    case "numeric": "\(sql: value) IS NULL OR \(sql: value) >= 'NaN'::\(raw: type)"
    default: "\(sql: value) IS NULL"
    }
  }

  /// A value as it stands in a statement.
  func constant(_ text: String?) -> SQL? { text.map { "\(literal: Literal($0))::\(raw: type)" } }

  private var base: String { type }

  /// How far back rows of a cursor of `type` are read again.
  static func lag(_ written: Duration?, type: String) -> Duration {
    guard isTime(type) else { return .zero }
    return written ?? (type.hasPrefix("timestamp") ? .seconds(300) : .zero)
  }

  /// Whether a duration can be taken from values of `type`.
  static func isTime(_ type: String) -> Bool { type.hasPrefix("timestamp") || type == "date" }

  private static func milliseconds(_ duration: Duration) -> String {
    String(duration.components.seconds * 1000 + duration.components.attoseconds / 1_000_000_000_000_000)
  }
}
