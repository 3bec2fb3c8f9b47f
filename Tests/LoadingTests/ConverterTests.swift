import Catalog
import Postgres
import TestSupport
import Testing

@testable import Loading

@Suite("What a converter accepts is what the server makes of the same text", .freshDatabase, .timeLimit(.minutes(15)))
struct ConverterTests {
  /// The field's bytes as COPY sends them, without the length; nothing where the value is doubtful.
  static func convert(_ text: String, _ type: String) -> [UInt8]? {
    guard let converter = Converter(type: type) else { return nil }
    var value = ByteBuffer(capacity: 64)
    value.append(text)
    var out = ByteBuffer(capacity: 64)
    guard converter.append(value.all(), to: &out, zonelessIsUTC: true) else { return nil }
    let length = Int(out.integer(Int32.self, at: 0))
    #expect(length == out.count - 4)
    return (4..<out.count).map { out.bytes($0..<$0 + 1)[0] }
  }

  static let digits = Array("0123456789")

  /// Texts that are, or nearly are, values of a type.
  static func texts(_ kind: String, _ random: inout SeededGenerator) -> [String] {
    func number(_ most: Int) -> String {
      String((0..<Int.random(in: 1...most, using: &random)).map { _ in random.pick(digits) })
    }
    func two(_ most: Int) -> String {
      let n = Int.random(in: 0...most, using: &random)
      return n < 10 ? "0\(n)" : "\(n)"
    }
    func date() -> String {
      "\(random.pick(["0001", "1582", "1900", "1970", "1999", "2000", "2024", "9999", "20" + two(99)]))-\(two(13))-\(two(32))"
    }
    func clock() -> String {
      let fraction = Bool.random(using: &random) ? "." + number(7) : ""
      return Bool.random(using: &random) ? "\(two(24)):\(two(60))" : "\(two(24)):\(two(60)):\(two(60))\(fraction)"
    }
    let sign = random.pick(["", "", "-", "+"])
    switch kind {
    case "integer": return [sign + number(20), number(5), sign + "0" + number(3), " 1", "1e3", "", "-"]
    case "decimal":
      return [
        sign + number(12) + "." + number(9), sign + number(25), sign + "0." + number(12), sign + "000.000" + number(2),
        sign + number(3) + ".", "." + number(2), sign + number(6) + ".9999999", sign + "0.0", "1e5", "NaN", "--1",
        "1.2.3",
        sign + number(2) + "." + number(22),
      ]
    case "boolean": return ["true", "false", "t", "f", "1", "0", "TRUE", "False", "yes", "on", "tru", " t", "2", ""]
    case "date": return [date(), date(), "2024-02-29", "2023-02-29", "0000-01-01", "20240101", "2024-1-1", "infinity"]
    case "time": return [clock(), clock(), "24:00:00", "23:59:60", "12:00:00 PM", "1:00"]
    case "timestamp":
      let zone = random.pick(["", "Z", "+02", "-0330", "+05:45", " UTC", "+15:59:59"])
      return [date() + " " + clock() + zone, date() + "T" + clock() + zone, date(), date() + "  10:00", "now"]
    case "uuid":
      return [
        "550e8400-e29b-41d4-a716-446655440000", "550E8400-E29B-41D4-A716-44665544000F",
        "{550e8400-e29b-41d4-a716-446655440000}", "550e8400e29b41d4a716446655440000",
        "550e8400-e29b-41d4-a716-44665544000g",
      ]
    case "bytea": return ["\\x", "\\x00ff", "\\xAbCd", "\\x0", "\\xzz", "abc", "a\\001"]
    default:
      return ["", " ", "a", "abc", "žluťoučký", "😀😀😀😀", "a\nb", "tab\t", "back\\slash", "\\N", "abcd ", "abcdefgh"]
    }
  }

  @Test(
    arguments: [
      ("smallint", "integer"), ("integer", "integer"), ("bigint", "integer"), ("numeric", "decimal"),
      ("numeric", "integer"), ("numeric(12,2)", "decimal"), ("numeric(5,0)", "decimal"), ("numeric(9,9)", "decimal"),
      ("numeric(20,7)", "decimal"), ("real", "decimal"), ("double precision", "decimal"),
      ("double precision", "integer"),
      ("boolean", "boolean"), ("date", "date"), ("time without time zone", "time"),
      ("time(2) without time zone", "time"),
      ("timestamp without time zone", "timestamp"), ("timestamp(3) without time zone", "timestamp"),
      ("timestamp with time zone", "timestamp"), ("timestamp(0) with time zone", "timestamp"), ("uuid", "uuid"),
      ("bytea", "bytea"), ("text", "text"), ("character varying(4)", "text"), ("character(4)", "text"),
      ("character varying", "text"),
    ])
  func sameBytes(type: String, kind: String) async throws {
    var random = SeededGenerator(seed: UInt64(type.utf8.count))
    var texts: Set<String> = []
    while texts.count < 400, random.next() % 400 != 0 { texts.formUnion(Self.texts(kind, &random)) }
    for _ in 0..<40 { texts.formUnion(Self.texts(kind, &random)) }
    let accepted = texts.sorted().compactMap { text in Self.convert(text, type).map { (text: text, bytes: $0) } }
    try #require(!accepted.isEmpty)
    let values = accepted.map(\.text)
    // By assignment to a column, never by a cast, which would cut a text that is too long.
    let sent = try await TestDatabase.current.perform { database in
      try database.script("SET TimeZone = 'UTC'; SET DateStyle = 'ISO, YMD'; CREATE TABLE v (n bigint, v \(type))")
      _ = try database.copyIn("COPY v FROM STDIN") { copy in
        for (index, value) in values.enumerated() {
          let escaped = value.replacing("\\", with: "\\\\").replacing("\n", with: "\\n").replacing("\t", with: "\\t")
          try Array("\(index)\t\(escaped)\n".utf8).withUnsafeBytes { try copy.send($0) }
        }
      }
      var fields: [[UInt8]] = []
      var bytes: [UInt8] = []
      try database.copyOut("COPY (SELECT v FROM v ORDER BY n) TO STDOUT (FORMAT binary)") { bytes += Array($0) }
      var at = 19
      while at + 6 <= bytes.count {
        let length = bytes[at + 2..<at + 6].reduce(0) { $0 << 8 | Int($1) }
        fields.append(Array(bytes[at + 6..<at + 6 + length]))
        at += 6 + length
      }
      return fields
    }
    try #require(sent.count == accepted.count)
    for (ours, server) in zip(accepted, sent) {
      #expect(ours.bytes == server, "\(ours.text.debugDescription) as \(type)")
    }
  }

  @Test("plain values are not doubtful")
  func plain() {
    for (text, type) in [
      ("-9223372036854775808", "bigint"), ("32767", "smallint"), ("1234.567", "numeric(12,2)"),
      ("0.005", "numeric(12,2)"),
      ("2024-02-29", "date"), ("2024-02-29 23:59:59.999999+02:00", "timestamp with time zone"),
      ("1.5", "double precision"),
      ("0", "numeric"), ("true", "boolean"), ("", "text"), ("čtyř", "character varying(4)"),
    ] { #expect(Self.convert(text, type) != nil, "\(text) as \(type)") }
    for (text, type) in [
      (" 42", "bigint"), ("1e5", "bigint"), ("32768", "smallint"), ("infinity", "date"),
      ("12345678901.00", "numeric(12,2)"),
      ("abcde", "character varying(4)"), ("05/01/2024", "date"),
    ] { #expect(Self.convert(text, type) == nil, "\(text) as \(type)") }
    #expect(Converter(type: "interval") == nil)
    #expect(Converter(type: "integer[]") == nil)
  }
}
