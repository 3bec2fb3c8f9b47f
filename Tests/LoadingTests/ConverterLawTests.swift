import Catalog
import Foundation
import Postgres
import TestSupport
import Testing

@testable import Loading

/// For any text, a converter gives what the server makes of it, or leaves it to the server.
///
/// Each type is tried with a hundred thousand spellings; SLUICE_VALUES=2000000 tries more.
@Suite("A converter agrees with the server's input function", .freshDatabase, .timeLimit(.minutes(60)))
struct ConverterLawTests {
  private static let values = ProcessInfo.processInfo.environment["SLUICE_VALUES"].flatMap { Int($0) } ?? 100_000
  /// So many at a time, however many there are.
  private static let batch = 100_000

  @Test(
    arguments: [
      ("smallint", Spellings.Kind.integer), ("integer", .integer), ("bigint", .integer), ("numeric", .decimal),
      ("numeric(12,2)", .decimal), ("numeric(5,0)", .decimal), ("numeric(9,9)", .decimal), ("numeric(1,1)", .decimal),
      ("numeric(1,0)", .decimal), ("numeric(38,10)", .decimal), ("numeric(20,7)", .decimal),
      ("numeric(100,50)", .decimal), ("numeric", .float), ("real", .float), ("double precision", .float),
      ("double precision", .decimal), ("real", .integer), ("boolean", .boolean), ("date", .date),
      ("time without time zone", .time), ("time(0) without time zone", .time), ("time(2) without time zone", .time),
      ("timestamp without time zone", .timestamp), ("timestamp(3) without time zone", .timestamp),
      ("timestamp with time zone", .timestamp), ("timestamp(0) with time zone", .timestamp), ("uuid", .uuid),
      ("bytea", .bytea), ("text", .text(6)), ("character varying", .text(6)), ("character varying(4)", .text(4)),
      ("character varying(1)", .text(1)), ("character(4)", .text(4)), ("character(1)", .text(1)),
    ])
  func sameBytes(type: String, kind: Spellings.Kind) async throws {
    let database = TestDatabase.current
    try await database.execute("CREATE TABLE v (n serial, v \(type))")
    var left = Self.values
    var spellings = Spellings(seed: type.utf8.reduce(0) { $0 &* 31 &+ UInt64($1) })
    while left > 0 {
      let count = min(left, Self.batch)
      left -= count
      let batch = ConvertedBatch(type: type)
      for _ in 0..<count {
        spellings.next(kind)
        batch.add(spellings.bytes)
      }
      // A converter that leaves all to the server is right, and of no use.
      try #require(batch.count * 20 > count, "only \(batch.count) of \(count) are plain")
      try await batch.expectSame(in: database)
    }
  }

  @Test("texts at the ends of what a type holds", arguments: [true, false])
  func ends(isNegative: Bool) async throws {
    let sign = isNegative ? "-" : ""
    let digits = String(repeating: "1234567890", count: 13_108)
    var texts: [String] = []
    for count in [16_383, 16_384, 32_767, 32_768, 65_535, 131_071, 131_072] {
      let long = sign + digits.prefix(count), zeros = String(repeating: "0", count: count - 1)
      texts += [long, long + ".5", long + "." + digits.prefix(16_383), sign + "0." + digits.prefix(count)]
      texts += [sign + zeros + "01", sign + "0." + zeros + "1"]
    }
    let database = TestDatabase.current
    for type in ["numeric", "numeric(1000,0)", "numeric(1000,1000)", "double precision", "real"] {
      try await database.execute("DROP TABLE IF EXISTS v; CREATE TABLE v (n serial, v \(type))")
      let batch = ConvertedBatch(type: type)
      for text in texts { batch.add(Array(text.utf8)) }
      try await batch.expectSame(in: database)
    }
  }

  @Test(
    "JSON, which the server parses in any case: the same documents come out, and the same are refused",
    arguments: ["json", "jsonb"])
  func json(type: String) async throws {
    var spellings = Spellings(seed: 9)
    let batch = ConvertedBatch(type: type)
    for _ in 0..<Self.values / 4 {
      spellings.next(.json)
      batch.add(spellings.bytes)
    }
    let database = TestDatabase.current
    let texts = batch.texts, fields = batch.fields
    let counts = try await database.perform { database in
      try database.script(
        """
        CREATE TABLE texts (n serial, t text);
        CREATE FUNCTION input(t text) RETURNS \(type) LANGUAGE plpgsql AS
          'BEGIN RETURN t::\(type); EXCEPTION WHEN OTHERS THEN RETURN NULL; END';
        """)
      _ = try database.copyIn("COPY texts (t) FROM STDIN") { copy in try texts.withUnsafeBytes { try copy.send($0) } }
      try database.script(
        "CREATE TABLE inputs AS SELECT n, input(t) AS v FROM texts; CREATE TABLE v (n int, v \(type))")
      let isValid = try database.rows("SELECT v IS NOT NULL FROM inputs ORDER BY n") { $0.bool(0) ?? false }
      var tuples = TupleEncoder.header
      for (number, field) in fields.enumerated() where isValid[number] {
        tuples += [0, 2, 0, 0, 0, 4] + ConvertedBatch.bigEndian(number + 1) + field
      }
      tuples += TupleEncoder.trailer
      _ = try database.copyIn("COPY v FROM STDIN (FORMAT binary)") { copy in
        try tuples.withUnsafeBytes { try copy.send($0) }
      }
      let different = try database.rows(
        "SELECT t FROM inputs i JOIN texts USING (n) LEFT JOIN v USING (n) WHERE i.v::text IS DISTINCT FROM v.v::text"
      ) { $0.text(0) ?? "" }
      for text in different.prefix(5) { Issue.record("\(text.debugDescription) as \(type)") }
      var refused = 0
      for (number, field) in fields.enumerated() where !isValid[number] && refused < 300 {
        let tuple = TupleEncoder.header + [0, 2, 0, 0, 0, 4] + ConvertedBatch.bigEndian(number + 1) + field
        #expect(throws: PostgresError.self) {
          _ = try database.copyIn("COPY v FROM STDIN (FORMAT binary)") { copy in
            try (tuple + TupleEncoder.trailer).withUnsafeBytes { try copy.send($0) }
          }
        }
        refused += 1
      }
      return (valid: isValid.count { $0 }, refused: refused)
    }
    #expect(counts.valid > 1000)
    #expect(counts.refused == 300)
  }
}

/// Texts that a converter takes, with what it makes of them.
final class ConvertedBatch {
  private let type: String
  private let converter: Converter?
  private var text = ByteBuffer(capacity: 1 << 10)
  private var out = ByteBuffer(capacity: 1 << 10)
  /// A line of COPY's text format each.
  private(set) var texts: [UInt8] = []
  /// With the length before it, as in a tuple.
  private(set) var fields: [[UInt8]] = []

  init(type: String) {
    self.type = type
    converter = Converter(type: type)
  }

  var count: Int { fields.count }

  /// Adds a text, unless it is doubtful.
  func add(_ bytes: [UInt8]) {
    guard String(validating: bytes, as: UTF8.self) != nil else { return }
    text.truncate(to: 0)
    text.append(bytes)
    out.truncate(to: 0)
    guard let converter, converter.append(text.all(), to: &out, zonelessIsUTC: true) else { return }
    fields.append(out.all().withUnsafeBytes { Array($0) })
    for byte in bytes {
      switch byte {
      case 0x5C: texts += [0x5C, 0x5C]
      case 0x0A: texts += [0x5C, 0x6E]
      case 0x0D: texts += [0x5C, 0x72]
      case 0x09: texts += [0x5C, 0x74]
      default: texts.append(byte)
      }
    }
    texts.append(0x0A)
  }

  static func bigEndian(_ number: Int) -> [UInt8] { (0..<4).map { UInt8(truncatingIfNeeded: number >> (24 - 8 * $0)) } }

  /// Hands the texts to the server, by assignment to the table `v`, and expects it to send the same bytes.
  func expectSame(in database: TestDatabase) async throws {
    let (texts, fields, type) = (texts, fields, type)
    try await database.perform { database in
      try database.script(
        "TRUNCATE v; SET TimeZone = 'UTC'; SET DateStyle = 'ISO, YMD'")
      do {
        _ = try database.copyIn("COPY v (v) FROM STDIN") { copy in try texts.withUnsafeBytes { try copy.send($0) } }
      } catch let error as PostgresError where error.kind == .statement {
        Issue.record("the server refuses what the converter took: \(error.message) (\(error.context ?? ""))")
        return
      }
      var number = -1
      var wrong: [Int] = []
      try database.copyOut("COPY (SELECT v FROM v ORDER BY n) TO STDOUT (FORMAT binary)") { message in
        // The header stands before the first row, the trailer is one of its own.
        let row = number < 0 && message.count >= 19 ? UnsafeRawBufferPointer(rebasing: message.dropFirst(19)) : message
        if number < 0 { number = 0 }
        guard row.count > 2 else { return }
        let field = UnsafeRawBufferPointer(rebasing: row.dropFirst(2))
        let isSame = fields[number].withUnsafeBytes { ours in
          ours.elementsEqual(field)
        }
        if !isSame { wrong.append(number) }
        number += 1
      }
      #expect(number == fields.count)
      guard !wrong.isEmpty else { return }
      let lines = texts.split(separator: 0x0A, omittingEmptySubsequences: false)
      for number in wrong.prefix(5) {
        Issue.record("\(String(decoding: lines[number], as: UTF8.self).prefix(200).debugDescription) as \(type)")
      }
    }
  }
}
