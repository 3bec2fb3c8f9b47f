import Diagnostics
import Manifests

@testable import Loading

/// What the fuzzer calls with each of its inputs: reads it as CSV and hands each value to every converter.
///
/// The first byte chooses the dialect. Memory errors are the address sanitizer's to find; beyond these, what is read must
/// not depend on the size of the blocks, and what a converter appends must be as long as it says.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzRows(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  guard let start, count > 1 else { return 0 }
  let bytes = Array(UnsafeBufferPointer(start: start, count: count))
  let dialects = Dialect.fuzzed
  let dialect = dialects[Int(bytes[0]) % dialects.count]
  let input = Array(bytes[1...])
  let whole = read(input, dialect, blockSize: 1 << 16)
  let pieces = read(input, dialect, blockSize: 16 + Int(bytes[0]))
  precondition(whole == pieces, "what is read depends on the size of the blocks")
  return 0
}

/// All rows and faults of `input`, as text.
private func read(_ input: [UInt8], _ dialect: Dialect, blockSize: Int) -> [String] {
  var found: [String] = []
  do {
    var reader = try CSVReader(ByteInput(memory: input, name: "input"), dialect, blockSize: blockSize)
    var row = FieldTable()
    found.append("\(reader.header)")
    while true {
      do {
        guard try reader.next(into: &row) else { return found }
        for index in 0..<row.count {
          if let value = row.field(index) { convert(value) }
          found.append(row.field(index)?.text ?? "NULL")
        }
        found.append("line \(reader.line): \(row.raw.text)")
      } catch let fault as RowFault {
        found.append("\(fault.line):\(fault.column) \(fault.message)")
      }
    }
  } catch {
    return found + ["\(error)"]
  }
}

private let converters: [Converter] = [
  "smallint", "integer", "bigint", "numeric", "numeric(12,2)", "numeric(5,5)", "real", "double precision", "boolean",
  "date", "time without time zone", "time(0) without time zone", "timestamp without time zone",
  "timestamp(3) with time zone", "uuid", "bytea", "text", "character varying(3)", "character(3)", "json", "jsonb",
].compactMap { Converter(type: $0) }

private func convert(_ value: Bytes) {
  var out = ByteBuffer(capacity: 64)
  for converter in converters {
    out.truncate(to: 0)
    guard converter.append(value, to: &out, zonelessIsUTC: true) else { continue }
    precondition(
      Int(out.integer(Int32.self, at: 0)) == out.count - 4, "a field is not as long as it says: \(converter)")
  }
}

extension Dialect {
  fileprivate static let fuzzed: [Dialect] = {
    var options: [CSVOptions] = [CSVOptions()]
    for delimiter in [";", "\t"] {
      var other = CSVOptions()
      (other.delimiter, other.header, other.null, other.quote) = (delimiter, false, "NULL", "'")
      options.append(other)
    }
    return options.compactMap { try? Dialect($0, format: .csv, name: "input") }
  }()
}
