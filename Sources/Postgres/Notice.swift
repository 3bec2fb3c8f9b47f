internal import CLibPQ
internal import Secrets

/// A warning or notice that the server sent beside its answers.
public struct Notice: Sendable, Hashable {
  /// `WARNING`, `NOTICE`, `INFO`, ...
  public var severity: String
  /// Its code.
  public var sqlState: String?
  /// The primary message.
  public var message: String
  /// More about it.
  public var detail: String?
  /// What to do about it.
  public var hint: String?
}

/// Keeps a connection's notices, the last ones where they are too many; libpq would print them.
final class NoticeLog {
  private(set) var notices: [Notice] = []
  /// How many there were in all.
  private(set) var count = 0
  private static let bound = 1_000

  /// Makes `connection` hand its notices to this log, which must outlive it.
  func install(on connection: OpaquePointer) {
    _ = PQsetNoticeReceiver(
      connection,
      { log, result in
        guard let log, let result else { return }
        Unmanaged<NoticeLog>.fromOpaque(log).takeUnretainedValue().add(result)
      }, Unmanaged.passUnretained(self).toOpaque())
  }

  /// Gives the notices and forgets them.
  func take() -> [Notice] {
    defer { notices.removeAll() }
    return notices
  }

  private func add(_ result: OpaquePointer) {
    func field(_ code: Character) -> String? {
      PQresultErrorField(result, Int32(code.asciiValue ?? 0)).map { Redaction.redacted(String(cString: $0)) }
    }
    count += 1
    if notices.count == Self.bound { notices.removeFirst() }
    notices.append(
      Notice(
        severity: field("V") ?? field("S") ?? "NOTICE", sqlState: field("C"),
        message: field("M") ?? Redaction.redacted(String(cString: PQresultErrorMessage(result))), detail: field("D"),
        hint: field("H")))
  }
}
