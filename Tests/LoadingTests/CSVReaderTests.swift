import Diagnostics
import Manifests
import TestSupport
import Testing

@testable import Loading

@Suite("CSV is read as PostgreSQL reads it")
struct CSVReaderTests {
  /// What became of one row.
  enum Read: Equatable {
    case row([String?], line: Int)
    case fault(String, line: Int, column: Int)
  }

  /// All rows of `text`, read through blocks of `blockSize` bytes.
  static func read(
    _ bytes: [UInt8], blockSize: Int = 1 << 20, format: DataFormat = .csv, change: (inout CSVOptions) -> Void = { _ in }
  ) throws -> [Read] {
    var options = CSVOptions()
    change(&options)
    let dialect = try Dialect(options, format: format, name: "in.csv")
    var reader = try CSVReader(ByteInput(memory: bytes, name: "in.csv"), dialect, blockSize: blockSize)
    var rows: [Read] = []
    while true {
      do {
        var row = FieldTable()
        guard try reader.next(into: &row) else { return rows }
        rows.append(.row((0..<row.count).map { row.field($0)?.text }, line: reader.line))
      } catch let fault as RowFault {
        rows.append(.fault("\(fault.kind)", line: fault.line, column: fault.column))
      }
    }
  }

  static func read(_ text: String, blockSize: Int = 1 << 20) throws -> [Read] {
    try read(Array(text.utf8), blockSize: blockSize)
  }

  @Test("NULL, the empty string and quotes are told apart")
  func nullAndEmpty() throws {
    #expect(
      try Self.read("a,b,c\n,\"\",x\n\"a,b\",\"say \"\"hi\"\"\",\n")
        == [.row([nil, "", "x"], line: 2), .row(["a,b", "say \"hi\"", nil], line: 3)])
  }

  @Test("quotes open and close anywhere in a field, and such a field is never NULL")
  func quotesInside() throws {
    #expect(
      try Self.read("a,b\nx\"y,z\"w,1\n\"p\"q,\"\"\n") == [.row(["xy,zw", "1"], line: 2), .row(["pq", ""], line: 3)])
  }

  @Test("newlines within quotes stay as they are, and count as lines")
  func embeddedNewlines() throws {
    #expect(
      try Self.read("a,b\n\"1\r\n2\",x\n\"\n\n\",y\nz,w")
        == [.row(["1\r\n2", "x"], line: 2), .row(["\n\n", "y"], line: 4), .row(["z", "w"], line: 7)])
  }

  @Test("rows end in LF or CRLF, the last one in nothing too")
  func lineEnds() throws {
    #expect(try Self.read("a,b\r\n1,2\r\n3,4") == [.row(["1", "2"], line: 2), .row(["3", "4"], line: 3)])
    #expect(try Self.read("a,b\n1,2\n3,\"4\"") == [.row(["1", "2"], line: 2), .row(["3", "4"], line: 3)])
  }

  @Test("a byte order mark, a line that is just \\., and an empty line of one field are what they are")
  func oddLines() throws {
    #expect(
      try Self.read("\u{FEFF}a\n\\.\n\nx\n") == [.row(["\\."], line: 2), .row([nil], line: 3), .row(["x"], line: 4)])
  }

  @Test("a header alone has no rows, and nothing at all has no header")
  func nothing() throws {
    #expect(try Self.read("a,b\n").isEmpty)
    #expect(try Self.read("").isEmpty)
  }

  @Test("the options change delimiter, quote, NULL, header and lines passed over")
  func options() throws {
    let bytes = Array("made by x\n-\n1;'a;''b';NA;'NA'\n".utf8)
    let rows = try Self.read(bytes) {
      $0.delimiter = ";"
      $0.quote = "'"
      $0.null = "NA"
      $0.header = false
      $0.skipRows = 2
    }
    #expect(rows == [.row(["1", "a;'b", nil, "NA"], line: 3)])
    #expect(try Self.read(Array("a\tb\n1,2\t\n".utf8), format: .tsv) == [.row(["1,2", nil], line: 2)])
  }

  @Test(
    "what is not well-formed is told with line and column, and reading goes on behind it",
    arguments: [
      (
        "a,b\n1\n2,3\n",
        [Read.fault("tooFewFields(expected: 2, found: 1)", line: 2, column: 2), .row(["2", "3"], line: 3)]
      ),
      (
        "a,b\nž,2,3\n4,5\n",
        [.fault("tooManyFields(expected: 2, found: 3)", line: 2, column: 5), .row(["4", "5"], line: 3)]
      ),
      ("a,b\n\n", [.fault("tooFewFields(expected: 2, found: 1)", line: 2, column: 1)]),
      ("a,b\nx,y\0\n1,2", [.fault("nulByte", line: 2, column: 4), .row(["1", "2"], line: 3)]),
      ("a,b\nx\ry,1\n1,2", [.fault("bareReturn", line: 2, column: 2), .row(["1", "2"], line: 3)]),
      ("a,b\n1,2\n\"x\ny\",\"z\n\n", [.row(["1", "2"], line: 2), .fault("unclosedQuote", line: 4, column: 4)]),
    ])
  func faults(text: String, expected: [Read]) throws { #expect(try Self.read(text) == expected) }

  @Test(
    "bytes that are no UTF-8 are refused, and 4-byte characters are not",
    arguments: [
      [0xFF], [0xC3], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xE2, 0x82], [0x80],
    ])
  func invalidUTF8(bad: [UInt8]) throws {
    let good = Array("a,b\n😀,1\n".utf8)
    #expect(
      try Self.read(good + Array("x".utf8) + bad + Array(",2\n".utf8))
        == [.row(["😀", "1"], line: 2), .fault("invalidUTF8", line: 3, column: 2)])
  }

  @Test("the size of the blocks makes no difference", arguments: [1, 2, 3, 7, 8, 9, 16, 31, 64])
  func blocks(size: Int) throws {
    var random = SeededGenerator(seed: UInt64(size))
    let pieces = [",", "\n", "\r\n", "\"", "\"\"", "x", "žluť", "😀", "12", "\"a\nb\"", "\\.", "\r"]
    for _ in 0..<200 {
      let text =
        "a,b\n"
        + (0..<Int.random(in: 0...40, using: &random)).map { _ in random.pick(pieces) }.joined()
      #expect(try Self.read(text, blockSize: size) == (try Self.read(text)), "\(text.debugDescription)")
    }
  }
}

extension SeededGenerator {
  /// One of `choices`.
  mutating func pick<Choice>(_ choices: [Choice]) -> Choice { choices[Int.random(in: 0..<choices.count, using: &self)] }
}
