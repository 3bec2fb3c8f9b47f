import Diagnostics
import Manifests
import Planning
import TestSupport
import Testing

@testable import Loading

/// The options of `csv:`, from the file to the table.
@Suite("CSV in other spellings", .freshDatabase, .timeLimit(.minutes(15)))
struct EncodingTests {
  static func latin1(_ text: String) -> [UInt8] { text.unicodeScalars.map { UInt8(truncatingIfNeeded: $0.value) } }
  static func utf16(_ text: String) -> [UInt8] {
    [0xFF, 0xFE] + text.utf16.flatMap { [UInt8(truncatingIfNeeded: $0), UInt8(truncatingIfNeeded: $0 >> 8)] }
  }

  @Test(
    "text in any encoding that iconv knows becomes what it says",
    arguments: [
      ("latin1", latin1("id,s\n1,Müller \u{A7}\n"), "Müller §"),
      ("windows-1252", Array("id,s\n1,".utf8) + [0x80, 0x0A], "€"),
      ("utf-16", utf16("id,s\n1,žluť 😀\n"), "žluť 😀"), ("UTF-16LE", utf16("id,s\n1,žluť 😀\n"), "žluť 😀"),
      ("shift_jis", Array("id,s\n1,".utf8) + [0x93, 0xFA, 0x96, 0x7B, 0x0A], "日本"),
      ("UTF8", Array("id,s\n1,ž\n".utf8), "ž"),
    ])
  func encodings(encoding: String, bytes: [UInt8], text: String) async throws {
    let world = try await LoadingWorld("CREATE TABLE t (id bigint, s text)")
    try world.project.write(bytes, to: "in.csv")
    let request = world.request(.insert, [("id", "bigint"), ("s", "text")]) { $0.csv.encoding = encoding }
    let outcome = try await world.load(request)
    #expect(outcome.status == .loaded, "\(outcome.error?.message ?? "")")
    #expect(try await world.rows() == [["1", text]])
  }

  @Test("a stream is converted to the same text however few bytes are asked for", arguments: [4, 5, 64, 1 << 20])
  func anySize(size: Int) throws {
    let text = (0..<20_000).map { "\($0) žluťoučký 😀\n" }.joined()
    let stream = try RecodedStream(MemoryStream(Self.utf16(text)), from: "utf-16", name: "x")
    var read: [UInt8] = []
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: size, alignment: 1)
    defer { buffer.deallocate() }
    while case let count = try stream.read(into: buffer), count > 0 { read += buffer[..<count] }
    #expect(String(decoding: read, as: UTF8.self) == text)
  }

  @Test(
    "what is no text of the encoding is an error with its line",
    arguments: [("shift_jis", [0x82, 0x0A]), ("utf-16le", [0x00, 0xD8, 0x0A, 0x00])] as [(String, [UInt8])])
  func invalid(encoding: String, tail: [UInt8]) async throws {
    let world = try await LoadingWorld("CREATE TABLE t (id bigint, s text)")
    let text = "id,s\n" + (1...30_000).map { "\($0),text\n" }.joined()
    let bytes = encoding == "utf-16le" ? Array(Self.utf16(text).dropFirst(2)) : Array(text.utf8)
    try world.project.write(bytes + tail, to: "in.csv")
    let request = world.request(.insert, [("id", "bigint"), ("s", "text")]) { $0.csv.encoding = encoding }
    let outcome = try await world.load(request)
    #expect(outcome.error?.code == "source-readable")
    #expect(outcome.error?.message == "in.csv has bytes that are no \(encoding)")
    #expect(outcome.error?.place?.line == 30_002)
    #expect(try await world.rows().isEmpty)
  }

  @Test("numbers with a comma go to columns of numbers; text with one stays text")
  func decimalComma() async throws {
    let world = try await LoadingWorld(
      "CREATE TABLE t (id bigint, n numeric, m numeric(8,2), d double precision, s text, n_text text)",
      files: ["in.csv": "id;n;m;d;s\n1;1,50;-0,25;2,5;a,b\n2;;1e3;;1,5\n3;12345678901234567890,12;7;NaN;\n"])
    var request = world.request(
      .insert,
      [
        ("id", "bigint"), ("n", "numeric"), ("m", "numeric(8,2)"), ("d", "double precision"), ("s", "text"),
        ("n_text", "text"),
      ]
    ) {
      $0.csv.delimiter = ";"
      $0.csv.decimal = ","
    }
    request.columns[5].from = .field("n")
    let outcome = try await world.load(request)
    #expect(outcome.status == .loaded, "\(outcome.error?.message ?? "")")
    #expect(
      try await world.rows() == [
        ["1", "1.50", "-0.25", "2.5", "a,b", "1,50"], ["2", nil, "1000.00", nil, "1,5", nil],
        ["3", "12345678901234567890.12", "7.00", "NaN", nil, "12345678901234567890,12"],
      ])
  }

  @Test("thousands separators are errors with place and value", arguments: ["1.234,5", "1.234", "1 234", "1,2,3"])
  func thousands(value: String) async throws {
    let world = try await LoadingWorld(
      "CREATE TABLE t (id bigint, n numeric)", files: ["in.csv": "id;n\n1;1,5\n2;\(value)\n"])
    let request = world.request(.insert, [("id", "bigint"), ("n", "numeric")]) {
      $0.csv.delimiter = ";"
      $0.csv.decimal = ","
    }
    let outcome = try await world.load(request)
    #expect(outcome.status == .failed)
    #expect(outcome.error?.place?.line == 3)
    #expect(outcome.error?.message.contains(value) == true, "\(outcome.error?.message ?? "")")
    #expect(try await world.rows().isEmpty)
  }

  @Test("a date's order is what the source says, never guessed")
  func dateOrder() async throws {
    let csv = "id,d\n1,05/01/2024\n2,2024-02-03\n3,6 Jan 2024\n"
    let world = try await LoadingWorld("CREATE TABLE t (id bigint, d date)", files: ["in.csv": csv])
    for (order, day) in [(DateOrder.dmy, "2024-01-05"), (.mdy, "2024-05-01")] {
      let request = world.request(.truncateInsert, [("id", "bigint"), ("d", "date")]) { $0.csv.dateOrder = order }
      #expect(try await world.load(request).status == .loaded)
      #expect(try await world.rows() == [["1", day], ["2", "2024-02-03"], ["3", "2024-01-06"]])
    }
    let outcome = try await world.load(world.request(.truncateInsert, [("id", "bigint"), ("d", "date")]))
    #expect(outcome.error?.code == "bad-value")
    #expect(outcome.error?.place?.line == 2)
  }

  @Test("timezone, quote, delimiter, skipRows and null are as the source says")
  func others() async throws {
    let world = try await LoadingWorld(
      "CREATE TABLE t (id bigint, at timestamptz, s text)",
      files: [
        "in.csv":
          "made by a machine\n\nid|at|s\n1|2024-07-01 12:00|'a|b'\n2|2024-01-01T12:00:00|NULL\n3|2024-01-01 12:00+00|'NULL'\n4|NULL|\n"
      ])
    let request = world.request(.insert, [("id", "bigint"), ("at", "timestamptz"), ("s", "text")]) {
      $0.csv.timezone = "Europe/Prague"
      $0.csv.quote = "'"
      $0.csv.delimiter = "|"
      $0.csv.skipRows = 2
      $0.csv.null = "NULL"
    }
    let outcome = try await world.load(request)
    #expect(outcome.status == .loaded, "\(outcome.error?.message ?? "")")
    #expect(
      try await world.rows("id, at AT TIME ZONE 'UTC', s") == [
        ["1", "2024-07-01 10:00:00", "a|b"], ["2", "2024-01-01 11:00:00", nil], ["3", "2024-01-01 12:00:00", "NULL"],
        ["4", nil, ""],
      ])
  }

  @Test("an extraction without rows is an error unless it may be", arguments: ["in.csv", "in.jsonl", "in.json"])
  func empty(name: String) async throws {
    let text = name == "in.csv" ? "id,s\n" : name == "in.json" ? "[]" : ""
    let world = try await LoadingWorld(
      "CREATE TABLE t (id bigint, s text); INSERT INTO t VALUES (1, 'old')", files: [name: text])
    let columns = [("id", "bigint"), ("s", "text")]
    let outcome = try await world.load(world.request(name, .truncateInsert, columns))
    #expect(outcome.error?.code == "source-empty")
    #expect(try await world.rows() == [["1", "old"]])
    let allowed = try await world.load(world.request(name, .truncateInsert, columns) { $0.allowEmpty = true })
    #expect(allowed.status == .loaded, "\(allowed.error?.message ?? "")")
    #expect(try await world.rows().isEmpty)
  }
}
