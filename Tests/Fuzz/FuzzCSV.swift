import Diagnostics
import Manifests

@testable import Loading

/// Reads CSV: what is read must not depend on the size of the blocks.
///
/// The first byte chooses the dialect and the size.
func fuzzCSV(_ bytes: [UInt8]) {
  let dialects = Dialect.fuzzed
  let dialect = dialects[Int(bytes[0]) % dialects.count]
  let input = Array(bytes[1...])
  let whole = read(input, dialect, blockSize: 1 << 13)
  let pieces = read(input, dialect, blockSize: 16 + Int(bytes[0]))
  precondition(whole == pieces, "what is read depends on the size of the blocks")
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
        for index in 0..<row.count { found.append(row.field(index)?.text ?? "NULL") }
        found.append("line \(reader.line): \(row.raw.text)")
      } catch let fault as RowFault {
        found.append("\(fault.line):\(fault.column) \(fault.message)")
      }
    }
  } catch {
    return found + ["\(error)"]
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
