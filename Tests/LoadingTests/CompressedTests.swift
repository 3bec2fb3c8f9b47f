import Diagnostics
import Manifests
import Planning
import Postgres
import Subprocess
import SystemPackage
import TestSupport
import Testing

@testable import Loading

/// The files are made by the programs that people make them with.
@Suite("gzip and zstd are read as streams", .freshDatabase, .timeLimit(.minutes(15)))
struct CompressedTests {
  static let columns = [("id", "bigint"), ("s", "text")]

  /// `text` as `program` compresses it.
  static func compress(_ text: String, by program: String, _ options: [String] = []) async throws -> [UInt8] {
    let result = try await run(
      .name(program), arguments: Arguments(options + ["-c"]), input: .string(text), output: .bytes(limit: 64 << 20),
      error: .string(limit: 4096))
    try #require(result.terminationStatus.isSuccess, "\(result.standardError)")
    return result.standardOutput
  }

  static func csv(_ ids: ClosedRange<Int>) -> String { "id,s\n" + ids.map { "\($0),text \($0)\n" }.joined() }

  @Test("by the name's ending, and the format by what stands before it", arguments: [("gzip", "gz"), ("zstd", "zst")])
  func byName(program: String, ending: String) async throws {
    let world = try await LoadingWorld("CREATE TABLE t (id bigint, s text)")
    try world.project.write(try await Self.compress("id\ts\n1\ta,b\n", by: program), to: "1.tsv.\(ending)")
    try world.project.write(try await Self.compress("{\"id\":2,\"s\":\"x\"}\n", by: program), to: "2.jsonl.\(ending)")
    try world.project.write(try await Self.compress("id,s\n3,c\n", by: program), to: "3.CSV.\(ending.uppercased())")
    let outcome = try await world.load(world.request("[123]*", .insert, Self.columns))
    #expect(outcome.status == .loaded, "\(outcome.error?.message ?? "")")
    #expect(try await world.rows() == [["1", "a,b"], ["2", "x"], ["3", "c"]])
  }

  @Test("`compression` overrides the name", arguments: [("gzip", Compression.gzip), ("zstd", Compression.zstd)])
  func override(program: String, compression: Compression) async throws {
    let world = try await LoadingWorld("CREATE TABLE t (id bigint, s text)", files: ["plain.csv.gz": "id,s\n1,a\n"])
    try world.project.write(try await Self.compress("id,s\n2,b\n", by: program), to: "in.csv")
    let files: [(String, Compression)] = [("plain.csv.gz", .none), ("in.csv", compression)]
    for (path, compression) in files {
      let request = world.request(path, .insert, Self.columns) { $0.compression = compression }
      #expect(try await world.load(request).status == .loaded)
    }
    #expect(try await world.rows() == [["1", "a"], ["2", "b"]])
  }

  @Test("all members of a file are read, whatever the sizes", arguments: ["gzip", "zstd"])
  func members(program: String) async throws {
    let world = try await LoadingWorld("CREATE TABLE t (id bigint, s text)")
    var bytes: [UInt8] = try await Self.compress(Self.csv(1...50_000), by: program)
    bytes += try await Self.compress("", by: program)
    bytes += try await Self.compress("50001,last\n", by: program)
    // What a tape's blocks are filled with.
    if program == "gzip" { bytes += [UInt8](repeating: 0, count: 512) }
    let ending = program == "gzip" ? "gz" : "zst"
    try world.project.write(bytes, to: "in.csv.\(ending)")
    let outcome = try await world.load(world.request("in.csv.\(ending)", .insert, Self.columns))
    #expect(outcome.counts.words == "read 50001, inserted 50001", "\(outcome.error?.message ?? "")")
    #expect(try await world.database.value("SELECT sum(id) FROM t") == "1250075001")
  }

  @Test(
    "a stream gives the same bytes however few are asked for at a time", arguments: ["gzip", "zstd"],
    [1, 2, 7, 4096, 1 << 20])
  func anySize(program: String, size: Int) async throws {
    let text = Self.csv(1...2000)
    let bytes = try await Self.compress(text, by: program)
    let memory = MemoryStream(bytes)
    let stream: any ByteStream = program == "gzip" ? GzipStream(memory, name: "x") : ZstdStream(memory, name: "x")
    var read: [UInt8] = []
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: size, alignment: 1)
    defer { buffer.deallocate() }
    while case let count = try stream.read(into: buffer), count > 0 { read += buffer[..<count] }
    #expect(String(decoding: read, as: UTF8.self) == text)
    #expect(try stream.read(into: buffer) == 0)
    #expect(stream.bytesRead == bytes.count)
  }

  @Test(
    "what is cut off, damaged, empty or something else is an error with the file's name; nothing is written",
    arguments: ["gzip", "zstd"], ["cut", "damaged", "empty", "plain", "garbage behind"])
  func damaged(program: String, how: String) async throws {
    let world = try await LoadingWorld("CREATE TABLE t (id bigint, s text)")
    var bytes = try await Self.compress(Self.csv(1...20_000), by: program, program == "zstd" ? ["--check"] : [])
    switch how {
    case "cut": bytes.removeLast(9)
    case "damaged": bytes[bytes.count / 2] ^= 0x10
    case "empty": bytes = []
    case "plain": bytes = Array("id,s\n1,a\n".utf8)
    default: bytes += Array("garbage".utf8)
    }
    let name = program == "gzip" ? "in.csv.gz" : "in.csv.zst"
    try world.project.write(bytes, to: name)
    let outcome = try await world.load(world.request(name, .insert, Self.columns))
    #expect(outcome.status == .failed)
    let error = try #require(outcome.error)
    // A damaged block may give rows that are wrong before its checksum tells.
    if how == "damaged" {
      #expect(["source-readable", "bad-row", "bad-value", "22P02"].contains(error.code), "\(error.code)")
    } else {
      #expect(error.code == "source-readable")
      #expect(error.message.hasPrefix(name), "\(error.message)")
    }
    #expect(error.place?.file == name)
    #expect(try await world.rows().isEmpty)
  }
}
