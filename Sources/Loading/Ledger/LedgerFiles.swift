internal import Catalog
internal import Diagnostics
internal import JSON
internal import Manifests
internal import Postgres

/// A file as the ledger knows it.
struct LedgerFile: Hashable {
  var path: String
  var size: Int
  /// Nanoseconds since 1970.
  var modified: Int
  /// Of the first and the last block.
  var checksum: String

  /// How much of a file's start and of its end the checksum is of.
  static let blockSize = 1 << 16

  /// Looks at a file.
  init(_ file: SourceFile) throws(Failure) {
    path = file.name
    size = file.size
    modified = file.modified
    checksum = try fileChecksum(file, blockSize: Self.blockSize)
  }

  init(path: String, size: Int, modified: Int, checksum: String) {
    self.path = path
    self.size = size
    self.modified = modified
    self.checksum = checksum
  }

  /// Whether `other` has surely the same content; a new time alone matters only where the checksum leaves a gap.
  func isSame(as other: LedgerFile) -> Bool {
    size == other.size && checksum == other.checksum && (modified == other.modified || size <= 2 * Self.blockSize)
  }

  /// As the ledger's `files` column has it.
  var json: JSONValue {
    ["path": .string(path), "size": .int(size), "modified": .int(modified), "checksum": .string(checksum)]
  }
}

extension LoadRequest {
  /// Whether files that the ledger has are left out.
  func takesNewOnly(_ source: FileSource) -> Bool {
    switch source.files {
    case .new: !readsAgain
    case .all: false
    case nil: !readsAgain && (mode == .insert || mode == .insertIgnore)
    }
  }

  /// Which of `files` are not loaded yet.
  ///
  /// - Throws: `file-changed` for one that was loaded and is another one now.
  func newFiles(_ files: [LedgerFile], on database: borrowing Database) throws -> Set<String> {
    var known: [String: LedgerFile] = [:]
    let rows = try database.rows(
      """
      SELECT f.path, f.size, f.modified, f.checksum
      FROM \(name: ledger) l, jsonb_to_recordset(l.files) AS f(path text, size bigint, modified bigint, checksum text)
      WHERE l.project = \(value: project) AND l.flow = ANY (\(value: names)::text[]) AND l.table_name = \(value: target.sql)
        AND l.status = 'loaded' AND f.path = ANY (\(value: files.map(\.path))::text[])
      ORDER BY l.finished
      """
    ) { row in
      LedgerFile(
        path: row.text(0) ?? "", size: row.int(1) ?? 0, modified: row.int(2) ?? 0, checksum: row.text(3) ?? "")
    }
    for file in rows { known[file.path] = file }
    var new: Set<String> = []
    var changed: [Diagnostic] = []
    for file in files {
      guard let before = known[file.path] else {
        new.insert(file.path)
        continue
      }
      if !before.isSame(as: file) {
        changed.append(
          Diagnostic(
            .error, "file-changed", "\(file.path) was loaded already and has changed since",
            at: Place(file: file.path, line: 1, column: 1),
            help: [
              "give new rows a file of their own, or load all of it once more:", "sluice run \(flow) --again",
              "`files: all` on the source loads every file each time",
            ]))
      }
    }
    if !changed.isEmpty { throw Failure(changed) }
    return new
  }
}
