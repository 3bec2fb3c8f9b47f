/// What the values of a field look like, all together: the types that would take every one of them.
struct ValueShape {
  /// What one value looks like.
  enum Look: Hashable {
    case integer, decimal, boolean, date, timestamp, timestamptz, json, text
  }

  private var looks: Set<Look> = []

  /// Takes a look into account.
  mutating func add(_ look: Look) { looks.insert(look) }

  /// Whether there was any value.
  var hasValues: Bool { !looks.isEmpty }

  /// The type in `format_type`'s spelling; a field without any value is text.
  var type: String {
    switch looks {
    case [.integer]: "bigint"
    case [.decimal], [.integer, .decimal]: "numeric"
    case [.boolean]: "boolean"
    case [.date]: "date"
    case [.timestamp], [.timestamp, .date]: "timestamp without time zone"
    case [.timestamptz], [.timestamptz, .timestamp], [.timestamptz, .date], [.timestamptz, .timestamp, .date]:
      "timestamp with time zone"
    case [.json]: "jsonb"
    default: "text"
    }
  }

  /// What `value` looks like, by the plain spellings alone.
  static func look(of value: Bytes) -> Look {
    if let number = number(value) { return number }
    if let moment = time(value) { return moment }
    let text = value.count <= 5 ? value.text.lowercased() : ""
    return text == "true" || text == "false" ? .boolean : .text
  }

  /// A number without leading zeros, which a code or a telephone number has.
  private static func number(_ value: Bytes) -> Look? {
    var digits = value
    if value.count > 1, value[0] == UInt8(ascii: "-") { digits = value[1..<value.count] }
    var point: Int?
    for index in 0..<digits.count where digit(digits[index]) > 9 {
      guard digits[index] == UInt8(ascii: "."), point == nil, index > 0, index < digits.count - 1 else { return nil }
      point = index
    }
    guard digits.count > 0, digits[0] != UInt8(ascii: "0") || (point ?? digits.count) == 1 else { return nil }
    if point != nil { return .decimal }
    return Converter.integer(value) == nil ? .decimal : .integer
  }

  private static func time(_ value: Bytes) -> Look? {
    if Calendar.date(value) != nil { return .date }
    guard value.count > 10, let moment = Calendar.timestamp(value, precision: 6) else { return nil }
    return moment.offset == nil ? .timestamp : .timestamptz
  }
}
