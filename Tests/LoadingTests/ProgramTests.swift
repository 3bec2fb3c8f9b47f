import Catalog
import Diagnostics
import Manifests
import Planning
import Synchronization
import TestSupport
import Testing

@testable import Loading

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif
#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

@Suite("What programs print is loaded", .freshDatabase, .timeLimit(.minutes(15)))
struct ProgramTests {
  static let table = "CREATE TABLE t (id bigint, s text)"
  static let columns = [("id", "bigint"), ("s", "text")]

  static func source(_ command: [String], _ change: (inout ProgramSource) -> Void = { _ in }) -> Source {
    var source = ProgramSource()
    source.command = command
    change(&source)
    return .program(source)
  }

  /// A shell is one program among others.
  static func shell(_ script: String, _ change: (inout ProgramSource) -> Void = { _ in }) -> Source {
    Self.source(["sh", "-c", script], change)
  }

  /// Whether the program that wrote its number to `pid` has ended and was waited for.
  static func isGone(_ project: TemporaryProject, _ file: String = "pid") throws -> Bool {
    let number = try #require(Int32(try project.read(file).split(whereSeparator: \.isNewline).first ?? ""))
    return kill(number, 0) == -1 && errno == ESRCH
  }

  @Test("in each format, compressed or not")
  func formats() async throws {
    let world = try await LoadingWorld(Self.table)
    let programs: [(String, DataFormat, Compression)] = [
      (#"printf 'id,s\n1,a\n'"#, .csv, .auto), (#"printf 'id\ts\n2\tb\n'"#, .tsv, .none),
      (#"printf '{"id":3,"s":"c"}\n'"#, .jsonl, .auto), (#"printf '[{"id":4,"s":"d"}]'"#, .json, .auto),
      (#"printf 'id,s\n5,e\n' | gzip"#, .csv, .gzip), (#"printf '{"id":6,"s":"f"}' | zstd -c"#, .jsonl, .zstd),
    ]
    for (script, format, compression) in programs {
      let source = Self.shell(script) {
        $0.format = format
        $0.compression = compression
      }
      let outcome = try await world.load(world.request(source, .insert, Self.columns))
      #expect(outcome.status == .loaded, "\(script): \(outcome.error?.message ?? "")")
      #expect(outcome.files.isEmpty)
    }
    #expect(try await world.rows() == zip(1..., ["a", "b", "c", "d", "e", "f"]).map { ["\($0)", $1] })
  }

  @Test("arguments go as they are, in the project's folder, with nothing to read")
  func surroundings() async throws {
    let world = try await LoadingWorld(Self.table, files: ["in.csv": "id,s\n1,$HOME *\n"])
    #expect(
      try await world.load(world.request(Self.source(["cat", "in.csv"]), .insert, Self.columns)).status == .loaded)
    let source = Self.source(["printf", "id,s\n2,%s\n", "$HOME * ; 'x'"])
    #expect(try await world.load(world.request(source, .insert, Self.columns)).status == .loaded)
    let reads = Self.shell("cat; echo id,s; echo 3,end")
    #expect(try await world.load(world.request(reads, .insert, Self.columns)).status == .loaded)
    #expect(try await world.rows() == [["1", "$HOME *"], ["2", "$HOME * ; 'x'"], ["3", "end"]])
  }

  @Test(
    "another exit status than 0 fails the load, whatever was read, with the last that the program said",
    arguments: [
      ("echo id,s; echo 1,a; echo first >&2; echo no such bucket >&2; exit 3", "`sh` ended with status 3"),
      ("echo id,s; echo 1,a; exec 1>&-; echo no such bucket >&2; exit 7", "`sh` ended with status 7"),
      ("echo id,s; echo no such bucket >&2; printf '1,\"cut off'; exit 1", "`sh` ended with status 1"),
      ("echo id,s; echo 1,a; echo no such bucket >&2; kill -9 $$", "`sh` was ended by signal 9"),
      ("seq 100000 >&2; echo no such bucket >&2; exit 1", "`sh` ended with status 1"),
    ], [Flow.WriteMode.insert, .insertIgnore, .upsert])
  func fails(program: (script: String, message: String), mode: Flow.WriteMode) async throws {
    let world = try await LoadingWorld(Self.table + "; ALTER TABLE t ADD UNIQUE (id)")
    let source = Self.shell(program.script) { $0.allowEmpty = true }
    let outcome = try await world.load(world.request(source, mode, Self.columns, key: ["id"]))
    #expect(outcome.status == .failed)
    #expect(outcome.error?.code == "source-program")
    #expect(outcome.error?.message == program.message)
    #expect(outcome.error?.help.joined().contains("no such bucket") == true)
    #expect((outcome.error?.help.joined().utf8.count ?? 0) < 5000)
    #expect(try await world.rows().isEmpty)
    let ledger = try await world.ledgerRows()
    #expect(ledger.map(\.[0]) == ["failed"])
    #expect(ledger.map(\.[8]) == [nil])
    #expect(!isTransient(outcome))
  }

  @Test("a program that is cut off within its compressed output is told as what it is")
  func failsCompressed() async throws {
    let world = try await LoadingWorld(Self.table)
    let source = Self.shell("(echo id,s; seq -f %g,x 100000) | gzip | head -c 1000; echo gone >&2; exit 1") {
      $0.compression = .gzip
    }
    let outcome = try await world.load(world.request(source, .insert, Self.columns))
    #expect(outcome.error?.code == "source-program")
    #expect(outcome.error?.help == ["it says: gone"])
  }

  @Test(
    "one that cannot be started is told, with what to write",
    arguments: ["no-such-program-anywhere", "./nothing", "in.csv"])
  func notStarted(program: String) async throws {
    let world = try await LoadingWorld(Self.table, files: ["in.csv": "id,s\n"])
    let outcome = try await world.load(world.request(Self.source([program]), .insert, Self.columns))
    #expect(outcome.error?.code == "source-program")
    #expect(outcome.error?.message.hasPrefix("`\(program)` could not be started: ") == true)
    #expect(outcome.error?.help.count == 1)
  }

  @Test(
    "a load that fails ends the program, and what that has started, even one that will not end",
    arguments: ["sleep 1000", "trap '' TERM; sleep 1000 & echo $! > child; while :; do wait; done"])
  func failingLoad(rest: String) async throws {
    let world = try await LoadingWorld("CREATE TABLE t (id bigint CHECK (id <> 1), s text)")
    // Enough for the first chunk to be sent, so that the server refuses it while the program goes on.
    let script = "echo $$ > pid; echo id,s; seq -f %g,x 100000; \(rest)"
    let outcome = try await world.load(world.request(Self.shell(script), .insert, Self.columns))
    #expect(outcome.status == .failed)
    #expect(outcome.error?.message.hasPrefix("row 1: ") == true, "\(outcome.error?.message ?? "")")
    #expect(try Self.isGone(world.project))
    if world.project.contains("child") {
      // It belongs to nobody once its parent is gone, so somebody else waits for it, sooner or later.
      while try !Self.isGone(world.project, "child"), try !isZombie(world.project) { await Task.yield() }
    }
  }

  private func isZombie(_ project: TemporaryProject) throws -> Bool {
    let number = try project.read("child").split(whereSeparator: \.isNewline).first ?? ""
    return (try? String(contentsOfFile: "/proc/\(number)/stat", encoding: .utf8))?.contains(") Z ") ?? true
  }

  @Test(
    "a load that is cancelled while it waits for the program ends it",
    arguments: [Flow.WriteMode.insert, .insertIgnore])
  func cancelled(mode: Flow.WriteMode) async throws {
    let world = try await LoadingWorld(Self.table)
    let request = world.request(
      Self.shell("echo id,s; echo 1,a; echo $$ > pid.new; mv pid.new pid; exec sleep 1000"), mode, Self.columns)
    let task = Task { try await world.load(request) }
    while !world.project.contains("pid") { await Task.yield() }
    task.cancel()
    await #expect(throws: CancellationError.self) { try await task.value }
    #expect(try Self.isGone(world.project))
    #expect(try await world.rows().isEmpty)
  }

  @Test("a slow program is waited for, and its rows are all loaded")
  func slow() async throws {
    let world = try await LoadingWorld(Self.table)
    let script = "echo id,s; for i in 1 2 3 4; do echo $i,x; sleep 0.2; done; exec 1>&-; sleep 0.2"
    let outcome = try await world.load(world.request(Self.shell(script), .insert, Self.columns))
    #expect(outcome.counts.words == "read 4, inserted 4", "\(outcome.error?.message ?? "")")
  }

  @Test("one that prints no rows is an error unless it may")
  func empty() async throws {
    let world = try await LoadingWorld(Self.table)
    for (allowed, status) in [(false, LoadOutcome.Status.failed), (true, .empty)] {
      let source = Self.shell("true") { $0.allowEmpty = allowed }
      let outcome = try await world.load(world.request(source, .insert, Self.columns))
      #expect(outcome.status == status)
      if !allowed { #expect(outcome.error?.code == "source-empty") }
    }
  }

  @Test("is looked into for its first rows, and then ended, which is no failure")
  func inspected() async throws {
    let project = try TemporaryProject()
    let endless = Self.shell("echo $$ > pid; echo id,s; i=0; while :; do i=$((i+1)); echo $i,x; done")
    let fields = try await inspect(endless, root: project.path)
    #expect(
      fields == [
        SourceField(name: "id", type: "bigint", origin: "header and first 10,000 rows of output of sh"),
        SourceField(name: "s", type: "text", origin: "header and first 10,000 rows of output of sh"),
      ])
    #expect(try Self.isGone(project))
    let few = Self.shell(#"echo '{"a":1}'"#) { $0.format = .jsonl }
    #expect(try await inspect(few, root: project.path).map(\.origin) == ["1 row of output of sh"])
    let failure = try await #require(throws: Failure.self) {
      try await inspect(Self.shell("echo id; echo 1; echo why >&2; exit 2"), root: project.path)
    }
    #expect(failure.diagnostics.map(\.code) == ["source-program"])
    #expect(failure.diagnostics.first?.help == ["it says: why"])
  }

  @Test("many are looked into side by side")
  func manyInspected() async throws {
    let project = try TemporaryProject()
    let count = try await withThrowingTaskGroup(of: Int.self) { group in
      for number in 1...12 {
        group.addTask {
          try await inspect(Self.shell("echo a,b; sleep 0.1; echo \(number),x"), root: project.path).count
        }
      }
      return try await group.reduce(0, +)
    }
    #expect(count == 24)
  }
}
