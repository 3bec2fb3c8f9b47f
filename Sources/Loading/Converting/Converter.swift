/// Turns the plain spelling of a value of one type into a field of COPY's binary format.
///
/// What a converter accepts, it writes just as the server's own input function followed by its send function would.
/// Anything else is doubtful: nothing is wrong with it yet, but only the server can tell.
enum Converter: Equatable {
  case int2, int4, int8
  /// Nothing given: digits are kept as they are.
  case numeric(precision: Int, scale: Int)
  case anyNumeric
  case float4, float8
  case boolean
  case date
  case time(precision: Int)
  case timestamp(precision: Int)
  case timestamptz(precision: Int)
  case uuid
  case bytea
  case text
  /// At most so many characters.
  case varchar(length: Int)
  /// Just so many characters, filled with spaces.
  case char(length: Int)
  case json
  case jsonb

  /// The converter of `type`, as `format_type` writes it; nothing where there is none, and COPY's text must do.
  init?(type: String) {
    let (name, arguments) = Self.parse(type)
    switch (name, arguments.count) {
    case ("smallint", 0): self = .int2
    case ("integer", 0): self = .int4
    case ("bigint", 0): self = .int8
    case ("numeric", 0): self = .anyNumeric
    case ("numeric", 2) where (0...arguments[0]).contains(arguments[1]):
      self = .numeric(precision: arguments[0], scale: arguments[1])
    case ("real", 0): self = .float4
    case ("double precision", 0): self = .float8
    case ("boolean", 0): self = .boolean
    case ("date", 0): self = .date
    case ("time without time zone", 0...1): self = .time(precision: arguments.first ?? 6)
    case ("timestamp without time zone", 0...1): self = .timestamp(precision: arguments.first ?? 6)
    case ("timestamp with time zone", 0...1): self = .timestamptz(precision: arguments.first ?? 6)
    case ("uuid", 0): self = .uuid
    case ("bytea", 0): self = .bytea
    case ("text", 0), ("character varying", 0): self = .text
    case ("character varying", 1): self = .varchar(length: arguments[0])
    case ("character", 1): self = .char(length: arguments[0])
    case ("json", 0): self = .json
    case ("jsonb", 0): self = .jsonb
    default: return nil
    }
  }

  /// `timestamp(3) without time zone` as name and arguments.
  private static func parse(_ type: String) -> (name: String, arguments: [Int]) {
    guard let open = type.firstIndex(of: "("), let close = type[open...].firstIndex(of: ")") else { return (type, []) }
    let arguments = type[type.index(after: open)..<close].split(separator: ",")
    let numbers = arguments.compactMap { Int($0) }
    guard numbers.count == arguments.count else { return (type, []) }
    return (String(type[..<open]) + String(type[type.index(after: close)...]), numbers)
  }

  /// Whether a value's day and month must be told apart before the server sees it.
  static func isDate(_ type: String) -> Bool {
    ["date", "timestamp without time zone", "timestamp with time zone"].contains(parse(type).name)
  }

  /// Whether it is a type of numbers, whose values may be written with a comma.
  static func isNumber(_ type: String) -> Bool {
    ["smallint", "integer", "bigint", "numeric", "real", "double precision"].contains(parse(type).name)
  }

  /// Appends the field, its length first; false where the value is doubtful (what was appended is then of no use).
  @inline(__always)
  func append(_ value: Bytes, to out: inout ByteBuffer, zonelessIsUTC: Bool) -> Bool {
    switch self {
    case .text: return Self.appendText(value, to: &out)
    case .int8:
      guard let number = Self.integer(value) else { return false }
      out.append(bigEndian: Int32(8))
      out.append(bigEndian: number)
      return true
    case .int4:
      guard let number = Self.integer(value), let small = Int32(exactly: number) else { return false }
      out.append(bigEndian: Int32(4))
      out.append(bigEndian: small)
      return true
    case .int2:
      guard let number = Self.integer(value), let small = Int16(exactly: number) else { return false }
      out.append(bigEndian: Int32(2))
      out.append(bigEndian: small)
      return true
    case .anyNumeric: return Self.appendNumeric(value, precision: nil, scale: 0, to: &out)
    case .numeric(let precision, let scale):
      return Self.appendNumeric(value, precision: precision, scale: scale, to: &out)
    case .boolean: return Self.appendBoolean(value, to: &out)
    case .date:
      guard let days = Calendar.date(value) else { return false }
      out.append(bigEndian: Int32(4))
      out.append(bigEndian: days)
      return true
    case .timestamp(let precision):
      guard let moment = Calendar.timestamp(value, precision: precision), moment.offset == nil else { return false }
      return Self.append(moment.microseconds, to: &out)
    case .timestamptz(let precision):
      guard let moment = Calendar.timestamp(value, precision: precision) else { return false }
      guard let offset = moment.offset ?? (zonelessIsUTC ? 0 : nil) else { return false }
      return Self.append(moment.microseconds - offset * 1_000_000, to: &out)
    case .time(let precision):
      guard let microseconds = Calendar.time(value, precision: precision) else { return false }
      return Self.append(microseconds, to: &out)
    default: return appendSeldom(value, to: &out)
    }
  }

  @inline(never)
  private func appendSeldom(_ value: Bytes, to out: inout ByteBuffer) -> Bool {
    switch self {
    case .float4: return Self.appendFloat(value, to: &out)
    case .float8: return Self.appendDouble(value, to: &out)
    case .uuid: return Self.appendUUID(value, to: &out)
    case .bytea: return Self.appendHex(value, to: &out)
    case .varchar(let length):
      guard value.count <= length || value.scalarCount <= length else { return false }
      return Self.appendText(value, to: &out)
    case .char(let length):
      let missing = length - value.scalarCount
      guard missing >= 0 else { return false }
      out.append(bigEndian: Int32(value.count + missing))
      out.append(value)
      for _ in 0..<missing { out.append(UInt8(ascii: " ")) }
      return true
    case .json: return Self.appendText(value, to: &out)
    case .jsonb:
      // The version of the format, then text that the server parses (`jsonb_recv`).
      out.append(bigEndian: Int32(value.count + 1))
      out.append(1)
      out.append(value)
      return true
    default: return false
    }
  }

  @inline(__always)
  private static func append(_ microseconds: Int64, to out: inout ByteBuffer) -> Bool {
    out.append(bigEndian: Int32(8))
    out.append(bigEndian: microseconds)
    return true
  }

  @inline(__always)
  private static func appendText(_ value: Bytes, to out: inout ByteBuffer) -> Bool {
    out.append(bigEndian: Int32(truncatingIfNeeded: value.count))
    out.append(value)
    return true
  }
}

/// What the byte is as a decimal digit; more than 9 where it is none.
@inline(__always)
func digit(_ byte: UInt8) -> UInt8 { byte &- UInt8(ascii: "0") }
