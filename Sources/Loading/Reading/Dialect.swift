internal import Diagnostics
internal import Manifests

/// How a file's rows are written: the options of a source, checked.
struct Dialect {
  var separators: Separators
  var null: [UInt8]
  var hasHeader: Bool
  var skippedLines: Int
  /// What iconv calls the characters' encoding.
  var encoding = "utf-8"
  /// Whether numbers have a comma before their fraction.
  var hasDecimalComma = false

  /// The dialect of `options` for `format`, which is CSV or TSV.
  ///
  /// - Throws: `source-readable`, and `source-encoding` for an encoding that is not known here.
  init(_ options: CSVOptions, format: DataFormat, name: String) throws(Failure) {
    try RecodedStream.check(options.encoding, name)
    encoding = options.encoding
    hasDecimalComma = options.decimal == ","
    let delimiter = options.delimiter ?? (format == .tsv ? "\t" : ",")
    separators = Separators(
      delimiter: try Self.byte(delimiter, of: "delimiter", name), quote: try Self.byte(options.quote, of: "quote", name)
    )
    guard separators.delimiter != separators.quote else {
      throw Failure(.sourceReadable("delimiter and quote of \(name) are the same", name))
    }
    null = Array(options.null.utf8)
    hasHeader = options.header
    skippedLines = options.skipRows
  }

  /// The dialect in which inline rows are handed to the reader.
  static let inline = Dialect(hasHeader: true)

  private init(hasHeader: Bool) {
    separators = Separators(delimiter: UInt8(ascii: ","), quote: UInt8(ascii: "\""))
    null = []
    self.hasHeader = hasHeader
    skippedLines = 0
  }

  private static func byte(_ text: String, of option: String, _ name: String) throws(Failure) -> UInt8 {
    guard text.utf8.count == 1, let byte = text.utf8.first, byte < 0x80, ![0, 0x0A, 0x0D].contains(byte) else {
      throw Failure(
        .sourceReadable("\(option) of \(name) must be one ASCII character, not \"\(text)\"", name))
    }
    return byte
  }
}
