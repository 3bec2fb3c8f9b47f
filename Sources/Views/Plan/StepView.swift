internal import Catalog
internal import JSON
internal import Planning

/// Draws one step of a plan.
struct StepView {
  var style: Style
  /// The cells that addresses are padded to.
  var addressWidth: Int

  /// More columns than this are only counted.
  private static let mostColumns = 50
  private static let indentation = "      "

  /// The step's line and, further in, what it does and what was checked.
  func lines(_ step: Step) -> [String] {
    [header(step)] + (changes(step) + operations(step) + hazards(step) + checks(step)).map { Self.indentation + $0 }
  }

  private func header(_ step: Step) -> String {
    let address = step.address.printable().padded(to: addressWidth)
    let start = "  \(style.paint(step.action.sign, step.action.paint)) \(address)  "
    let reason = hidesReason(step) ? "" : step.reason.printable()
    guard !reason.isEmpty else { return start + step.action.rawValue }
    return start + "\(step.action.rawValue.padded(to: 8))  \(style.paint(reason, .dim))"
  }

  /// Why something is created goes without saying: it is new. What is blocked shows the check that failed.
  private func hidesReason(_ step: Step) -> Bool {
    switch step.action {
    case .create: !step.reason.hasSuffix("needs it)")
    case .blocked: step.checks.contains { $0.status == .failed }
    default: false
    }
  }

  // MARK: What changes

  private func changes(_ step: Step) -> [String] {
    switch step.action {
    case .create, .adopt, .delete, .unchanged: []
    case .blocked: step.changes.filter { $0.side == .database }.map(line)
    case .update, .rename, .repair, .degraded: step.changes.map(line)
    }
  }

  private func line(_ change: FieldChange) -> String {
    let path = change.path.printable() + (change.side == .database ? " in the database" : "")
    return switch (change.before, change.after) {
    case (nil, nil): path
    case (nil, let after?): signed("+", .green, "\(path): \(text(after))")
    case (let before?, nil): signed("-", .boldRed, "\(path): \(text(before))")
    case (let before?, let after?): signed("~", .yellow, "\(path): \(texts(before, after))")
    }
  }

  private func text(_ value: JSONValue) -> String { whole(value).cut(to: valueWidth) }

  private func whole(_ value: JSONValue) -> String {
    let text = if case .string(let text) = value, !text.isEmpty { text } else { value.text(.line) }
    return text.printable()
  }

  private var valueWidth: Int { max(20, (style.width - 20) / 2) }

  /// Both values; those that would look the same where they are cut begin shortly before they differ.
  private func texts(_ before: JSONValue, _ after: JSONValue) -> String {
    let values = [before, after].map(whole)
    var shown = values.map { $0.cut(to: valueWidth) }
    if shown[0] == shown[1] {
      let same = zip(values[0], values[1]).prefix { $0 == $1 }.count
      let left = max(0, same - valueWidth / 3)
      shown = values.map { ("…" + $0.dropFirst(left)).cut(to: valueWidth) }
    }
    return shown.joined(separator: " → ")
  }

  private func operations(_ step: Step) -> [String] {
    guard step.action != .blocked else { return [] }
    let lines = step.operations.map { OperationLine($0) }
    let width = lines.filter { !$0.detail.isEmpty }.map(\.what.displayWidth).max() ?? 0
    return lines.flatMap { line in
      let text = line.detail.isEmpty ? line.what : "\(line.what.padded(to: width))   \(line.detail)"
      return [signed("+", .green, text)] + (line.createsTable ? columns(step) : [])
    }
  }

  /// The columns of a new table, where the manifest does not say them all.
  private func columns(_ step: Step) -> [String] {
    guard step.columns.contains(where: \.isInferred) else { return [] }
    var table = TextTable([.left, .left, .left])
    table.indentation = 4
    for column in step.columns.prefix(Self.mostColumns) {
      table.rows.append([
        .init(column.name.sql.printable()), .init(column.typeWithConstraints.printable(), .cyan),
        .init(column.originWords.printable().cut(to: max(30, style.width / 2)), .dim),
      ])
    }
    let left = step.columns.count - table.rows.count
    return table.lines(style) + (left > 0 ? ["    … and \(Numbers.counted(left, "column")) more"] : [])
  }

  private func hazards(_ step: Step) -> [String] {
    guard step.action != .blocked, !step.hazards.isEmpty else { return [] }
    return [signed("!", .yellow, step.hazards.map(\.words).joined(separator: ", "))]
  }

  // MARK: What was checked

  private func checks(_ step: Step) -> [String] {
    let failed = step.checks.filter { $0.status == .failed }
      .map { signed("✗", .boldRed, $0.message.printable()) }
    guard step.action != .blocked, step.action != .degraded else { return failed }
    return failed + joined(step.checks, .passed, "✓", .green) + joined(step.checks, .skipped, "–", .dim)
  }

  private func joined(_ checks: [Check], _ status: Check.Status, _ sign: String, _ paint: Style.Paint) -> [String] {
    var messages: [String] = []
    // That the server answers stands in the block of authorizers.
    for check in checks where check.status == status && !(status == .passed && check.id == .connection) {
      if !messages.contains(check.message) { messages.append(check.message) }
    }
    guard !messages.isEmpty else { return [] }
    if status == .skipped { messages[0] = "not checked: " + messages[0] }
    let width = max(30, style.width - Self.indentation.count - 2)
    let lines = packed(messages.map { $0.printable() }, width: width)
    return [signed(sign, paint, lines[0])] + lines.dropFirst().map { "  " + $0 }
  }

  /// The messages with semicolons between them, on as few lines as hold them; one that is too long for a line is cut.
  private func packed(_ messages: [String], width: Int) -> [String] {
    var lines: [String] = []
    for message in messages {
      if let last = lines.last, "\(last); \(message)".displayWidth <= width {
        lines[lines.count - 1] = "\(last); \(message)"
      } else {
        if !lines.isEmpty { lines[lines.count - 1] += ";" }
        lines.append(message.cut(to: width - 1))
      }
    }
    return lines
  }

  private func signed(_ sign: String, _ paint: Style.Paint, _ text: String) -> String {
    "\(style.paint(sign, paint)) \(text)"
  }
}

extension Hazard {
  /// For people: what others will notice.
  var words: String {
    switch self {
    case .locksWrites: "keeps others from writing meanwhile"
    case .buildsIndex: "builds an index"
    case .scansTable: "reads the whole table"
    }
  }
}
