internal import Diagnostics
internal import SystemPackage

extension LoadRequest {
  /// Where this load's rejected rows are written.
  var rejectsFile: FilePath { rejects.appending(flow).appending("\(load).jsonl") }
}

/// Counts rejected rows, and has them written to a file, or keeps them.
final class RejectLog {
  private let file: RejectsFile?
  private(set) var count = 0
  /// What there is without a file.
  private(set) var kept: [Diagnostic] = []
  /// How many are allowed; nothing: any number.
  var most: Int?

  init(file path: FilePath?) { file = path.map { RejectsFile($0) } }

  /// How many more are allowed; nothing: any number.
  var room: Int? { most.map { $0 - count } }

  /// Adds a batch's rejected rows, in the source's order; with a file they are written while other work goes on.
  ///
  /// - Parameter end: is called, by whatever thread, when the batch may be used for other rows.
  /// - Throws: `Failure` where there are too many, and then all are in the file, or where it could not be written.
  func add(
    _ refusals: Refusals, of batch: Batch, _ parts: [SourcePart], end: @escaping @Sendable () -> Void
  ) throws {
    // Nobody changes it before `end` is called.
    nonisolated(unsafe) let batch = batch
    try add(refusals.rows.count + batch.faults.count, end: end) { body in
      try refusals.forEachRejected(of: batch, parts, body)
    }
  }

  /// Adds rejected rows; they are in the file when this returns or throws.
  ///
  /// - Throws: `Failure` where there are too many, or the file cannot be written.
  func add(_ rows: [RejectedRow]) throws {
    try add(rows.count, end: {}) { body in for row in rows { try body(row) } }
    try finish()
  }

  /// Waits until all rows are in the file.
  ///
  /// - Throws: `Failure` where it could not be written.
  func finish() throws { try file?.finish() }

  /// Adds the first of `rows` rows that `each` hands out, one more than is allowed.
  private func add(
    _ rows: Int, end: @escaping @Sendable () -> Void,
    each: @escaping @Sendable ((RejectedRow) throws -> Void) throws -> Void
  ) throws {
    let added = min(rows, most.map { max(0, $0 + 1 - count) } ?? .max)
    count += added
    let allowed: @Sendable ((RejectedRow) throws -> Void) throws -> Void = { body in
      var left = added
      try each { row in
        if left > 0 { try body(row.redacted) }
        left -= 1
      }
    }
    if added > 0, let file {
      try file.write(each: allowed, end: end)
    } else {
      try allowed { kept.append($0.diagnostic) }
      end()
    }
    guard let most, count > most else { return }
    try finish()
    throw tooMany("more than \(most) rows were rejected")
  }

  /// Why the load fails.
  func tooMany(_ message: String) -> Failure {
    Failure(
      Diagnostic(
        .error, "too-many-rejects", "\(message): nothing was written",
        help: file.map { ["the rejected rows are in \($0.path)"] } ?? []))
  }
}
