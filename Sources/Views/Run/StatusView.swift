internal import Manifests
public import Planning

/// Draws for people how flows stand.
public struct StatusView {
  /// Colour and width.
  public var style: Style

  /// Makes a view.
  public init(style: Style) { self.style = style }

  /// A table with a row for each flow, and a last line of counts; no newline at its end.
  public func text(_ statuses: [FlowStatus]) -> String {
    guard !statuses.isEmpty else { return "No flow was applied." }
    var table = TextTable([.left, .left, .left, .left, .right, .right, .left, .left])
    table.gaps = [1]
    let hasSchedules = statuses.contains { $0.nextRun != nil }
    table.rows = [header(hasSchedules)] + statuses.map { row($0, hasSchedules) }
    return (table.lines(style) + ["", summaryLine(statuses)]).joined(separator: "\n")
  }

  private func header(_ hasSchedules: Bool) -> [TextTable.Cell] {
    let titles = ["flow", "status", "last success", "rows", "seconds", "last failure"]
    return [.init("")]
      + (titles + (hasSchedules ? ["next run (UTC)"] : [])).map { .init($0, .dim) }
  }

  private func row(_ status: FlowStatus, _ hasSchedules: Bool) -> [TextTable.Cell] {
    let success = status.lastSuccess
    var cells: [TextTable.Cell] = [
      status.word.sign, .init(status.flow.printable()), .init(words(status), status.word.paint),
      .init(success.map(Self.when) ?? "never"),
      .init(success.map { Numbers.grouped($0.counts.inserted + $0.counts.updated + $0.counts.deleted) } ?? ""),
      .init(success.map { Numbers.fixed($0.seconds, digits: 2) } ?? ""),
      .init(status.lastFailure.map(Self.when) ?? "", status.failures > 0 ? .boldRed : .dim),
    ]
    if hasSchedules { cells.append(.init(status.nextRun.map(Self.minute) ?? "")) }
    return cells
  }

  private func words(_ status: FlowStatus) -> String {
    let late = status.late.map { ", late by \(Numbers.duration(seconds: $0))" } ?? ""
    switch status.word {
    case .inactive where status.isEnabled: return "paused\(status.paused.map { " by \($0.host.printable())" } ?? "")"
    case .running: return "running" + (status.running?.since.map { " since \(Self.minute($0))" } ?? "")
    case .retrying, .broken: return "\(status.word.rawValue) (\(Numbers.counted(status.failures, "failure")))\(late)"
    case .live, .waiting, .inactive: return status.word.rawValue + late
    }
  }

  /// `3 live, 1 broken.`
  private func summaryLine(_ statuses: [FlowStatus]) -> String {
    let counts = FlowStatus.Word.allCases.compactMap { word -> String? in
      let count = statuses.count { $0.word == word }
      return count == 0 ? nil : style.paint("\(Numbers.grouped(count)) \(word.rawValue)", word.paint)
    }
    return counts.joined(separator: ", ") + "."
  }

  // MARK: One flow

  /// One flow: how it stands, and its last loads, the newest first; no newline at its end.
  public func text(_ status: FlowStatus, history: [RecordedLoad]) -> String {
    var lines = [
      "\(style.paint("flow/\(status.flow.printable())", .bold))  \(style.paint(words(status), status.word.paint))"
    ]
    if let next = status.nextRun { lines.append("next run: \(Self.minute(next)) UTC") }
    if let paused = status.paused { lines.append(Self.pause(paused)) }
    if let waiting = status.waiting, status.word == .waiting {
      lines.append("waits since \(Self.minute(waiting.finished)) UTC for its file: looked for again until the next run")
    }
    if let who = status.running?.who { lines.append("loaded now by: \(who.printable())") }
    guard !history.isEmpty else { return (lines + ["It was never loaded."]).joined(separator: "\n") }
    let hasRanges = history.contains { $0.range != nil }
    var table = TextTable(
      [.left, .left, .left, .left] + (hasRanges ? [.left] : []) + [
        .right, .right, .right, .right, .right, .right, .left,
      ])
    table.gaps = [1]
    let titles =
      ["started (UTC)", "status", "mode"] + (hasRanges ? ["range"] : [])
      + ["read", "inserted", "updated", "deleted", "rejected", "seconds", "host"]
    table.rows = [[.init("")] + titles.map { .init($0, .dim) }] + history.map { row($0, hasRanges) }
    lines += [""] + table.lines(style)
    let broken = history.filter { !$0.brokenRules.isEmpty }
    if let last = broken.first {
      let rules = last.brokenRules.map { $0.printable() }.joined(separator: ", ")
      lines += ["", "Rules that did not hold, \(Self.when(last)): \(rules)"]
    }
    let failures = history.filter { $0.status == .failed }
    if let last = failures.first, let message = last.message {
      let state = last.sqlState.map { "SQLSTATE \($0): " } ?? ""
      lines += ["", "The last failure, \(Self.when(last)), load \(last.load):"]
      lines += "\(state)\(message)".printableLines.map { "  " + $0 }
    }
    return lines.joined(separator: "\n")
  }

  private func row(_ load: RecordedLoad, _ hasRanges: Bool) -> [TextTable.Cell] {
    let counts = load.counts
    let sign: TextTable.Cell =
      switch load.status {
      case .loaded: .passed
      case .failed: .failed
      case .waiting: .waiting
      case .empty, .paused, .resumed: .left
      }
    let isLoad = load.status != .paused && load.status != .resumed && load.status != .waiting
    return [
      sign, .init(Self.second(load.started)), .init(load.status.rawValue, load.status.paint),
      .init(isLoad ? load.mode.printable() : ""),
    ] + (hasRanges ? [.init(load.range?.description ?? "")] : [])
      + [counts.read, counts.inserted, counts.updated, counts.deleted, counts.rejected].map {
        .init(isLoad ? Numbers.grouped($0) : "")
      } + [.init(isLoad ? Numbers.fixed(load.seconds, digits: 2) : ""), .init(load.host.printable())]
  }

  // MARK: Times

  /// `paused since 2024-02-29 06:30 UTC by anna@etl-1: the source moves`.
  public static func pause(_ mark: RecordedLoad) -> String {
    let reason = mark.message.map { ": \($0.printable())" } ?? ""
    return "paused since \(minute(mark.finished)) UTC by \(mark.host.printable())\(reason)"
  }

  /// `5 min 3 s ago on etl-1`.
  private static func when(_ load: RecordedLoad) -> String {
    let age = load.age < 172_800 ? "\(Numbers.duration(seconds: max(load.age, 0))) ago" : minute(load.finished)
    return "\(age) on \(load.host.printable())"
  }

  /// `2024-02-29 06:30` of `2024-02-29T06:30:00Z`.
  private static func minute(_ time: String) -> String { String(second(time).prefix(16)) }

  private static func second(_ time: String) -> String {
    String(time.prefix(19)).replacing("T", with: " ").printable()
  }
}

extension RecordedLoad.Status {
  fileprivate var paint: Style.Paint {
    switch self {
    case .loaded: .green
    case .failed: .boldRed
    case .waiting: .yellow
    case .empty, .paused, .resumed: .dim
    }
  }
}

extension FlowStatus.Word {
  fileprivate var sign: TextTable.Cell {
    switch self {
    case .live, .running: .passed
    case .broken: .failed
    case .retrying: TextTable.Cell("!", .yellow)
    case .waiting: .waiting
    case .inactive: .left
    }
  }

  fileprivate var paint: Style.Paint? {
    switch self {
    case .live: nil
    case .running: .green
    case .retrying, .waiting: .yellow
    case .broken: .boldRed
    case .inactive: .dim
    }
  }
}
