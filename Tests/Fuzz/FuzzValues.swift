import JSON

@testable import Loading

/// Hands a value to every converter: what one appends must be as long as it says, and a number the one that Swift reads.
func fuzzValues(_ bytes: [UInt8]) {
  var input = ByteBuffer(capacity: bytes.count)
  input.append(bytes)
  let value = input.all()
  let text = String(validating: bytes, as: UTF8.self)
  var out = ByteBuffer(capacity: 64)
  for converter in converters {
    out.truncate(to: 0)
    guard converter.append(value, to: &out, zonelessIsUTC: bytes.count % 2 == 0) else { continue }
    precondition(
      Int(out.integer(Int32.self, at: 0)) == out.count - 4, "a field is not as long as it says: \(converter)")
    precondition(isRight(out, converter, text), "another number: \(converter)")
  }
  // Only text gets as far as that.
  if let text, value.isPlainJSON {
    do { _ = try JSONValue(parsing: text) } catch {
      precondition(error.isBeyondSyntax, "no JSON: \(error)")
    }
  }
}

private func isRight(_ out: borrowing ByteBuffer, _ converter: Converter, _ text: String?) -> Bool {
  switch converter {
  case .int2: text.flatMap { Int16($0) } == out.integer(Int16.self, at: 4)
  case .int4: text.flatMap { Int32($0) } == out.integer(Int32.self, at: 4)
  case .int8: text.flatMap { Int64($0) } == out.integer(Int64.self, at: 4)
  case .float4: text.flatMap { Float($0)?.bitPattern } == UInt32(bitPattern: out.integer(Int32.self, at: 4))
  case .float8: text.flatMap { Double($0)?.bitPattern } == UInt64(bitPattern: out.integer(Int64.self, at: 4))
  default: true
  }
}

private let converters: [Converter] = [
  "smallint", "integer", "bigint", "numeric", "numeric(12,2)", "numeric(5,5)", "real", "double precision", "boolean",
  "date", "time without time zone", "time(0) without time zone", "timestamp without time zone",
  "timestamp(3) with time zone", "uuid", "bytea", "text", "character varying(3)", "character(3)", "json", "jsonb",
].compactMap { Converter(type: $0) }
