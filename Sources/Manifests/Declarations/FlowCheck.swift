internal import Diagnostics

/// Looks at a flow's fields side by side.
enum FlowCheck {
  static let check: @Sendable (Flow, Given, inout Reading) -> Void = { flow, given, reading in
    inputs(given, &reading)
    modes(flow, given, &reading)
    deleteMissing(flow, given, &reading)
    key(flow, given, &reading)
    TransformCheck.check(flow, given, &reading)
    QualityCheck.check(flow, given, &reading)
    afterLoad(flow, given, &reading)
  }

  /// What would end the load's transaction, or begin a part of it, is Sluice's own business.
  private static func afterLoad(_ flow: Flow, _ given: Given, _ reading: inout Reading) {
    guard !given.isBroken("afterLoad") else { return }
    for (index, statement) in flow.afterLoad.enumerated() {
      guard let problem = StatementShape.problem(of: statement) else { continue }
      guard let place = reading.place(of: "afterLoad[\(index)]") else { continue }
      reading.report(Diagnostic(.error, "invalid-value", problem.message, at: place, help: problem.help))
    }
  }

  private static func inputs(_ given: Given, _ reading: inout Reading) {
    if given.isWritten("source"), given.isWritten("sources") {
      reading.refuse(
        "sources", "`source` and `sources` exclude each other", help: ["remove one of the two"], because: "source")
    } else if given.isMissing("source"), given.isMissing("sources") {
      reading.report(
        .missing("source", in: "a flow", at: given.place, help: ["write `source: {path: data/orders.csv}`"]))
    }
  }

  /// Fields that mean something in one write mode alone.
  private static func modes(_ flow: Flow, _ given: Given, _ reading: inout Reading) {
    guard !given.isBroken("writeMode") else { return }
    let isMeant: [(name: String, mode: Flow.WriteMode, isSet: Bool)] = [
      ("deleteMissing", .upsert, flow.deleteMissing),
      ("maxRejects", .insertIgnore, flow.maxRejects != nil && !flow.quality.contains { $0.action == .reject }),
      ("readers", .truncateInsert, flow.readers == .keep),
    ]
    for field in isMeant where field.isSet && flow.writeMode != field.mode {
      reading.refuse(
        field.name,
        "`\(field.name)` is for `writeMode: \(field.mode.rawValue)`, and this flow's is `\(flow.writeMode.rawValue)`",
        help: ["remove `\(field.name)`, or write `writeMode: \(field.mode.rawValue)`"], because: "writeMode")
    }
  }

  private static func deleteMissing(_ flow: Flow, _ given: Given, _ reading: inout Reading) {
    if flow.maxDeletes != nil, !flow.deleteMissing, !given.isBroken("deleteMissing") {
      reading.refuse(
        "maxDeletes", "`maxDeletes` says nothing without `deleteMissing: true`",
        help: ["remove `maxDeletes`, or write `deleteMissing: true`"], because: "deleteMissing")
    }
    guard flow.deleteMissing else { return }
    if flow.range != nil {
      reading.refuse(
        "deleteMissing", "`deleteMissing` wants all rows of the source, and `range` leaves some out",
        help: ["remove one of the two"], because: "range")
      return
    }
    for case .inline(let source) in flow.inputs.map(\.input) {
      guard let reason = partial(source) else { continue }
      reading.refuse(
        "deleteMissing", "`deleteMissing` wants all rows of the source, and \(reason) leaves some out",
        help: ["remove one of the two"], because: flow.inputs.count == 1 ? "source.\(reason.field)" : nil)
      return
    }
  }

  /// The field for which a load of `source` does not see all of its rows.
  static func partial(_ source: Source) -> PartialReason? {
    switch source {
    case .postgres(let source) where source.cursor != nil: .cursor
    case .files(let source) where source.files == .new: .newFiles
    case .files(let source) where source.template != nil: .days
    default: nil
    }
  }

  enum PartialReason: CustomStringConvertible {
    case cursor, newFiles, days

    var field: String {
      switch self {
      case .cursor: "cursor"
      case .newFiles: "files"
      case .days: "path"
      }
    }

    var description: String {
      switch self {
      case .cursor: "`cursor`"
      case .newFiles: "`files: new`"
      case .days: "the range in `path`"
      }
    }
  }

  private static func key(_ flow: Flow, _ given: Given, _ reading: inout Reading) {
    guard let key = flow.key, let list = flow.columns, !list.takesRest else { return }
    guard !given.isBroken("key"), !given.isBroken("columns") else { return }
    let columns = list.columns.map(\.name)
    for (index, name) in key.enumerated() where !columns.contains(name) {
      guard let place = reading.place(of: "key[\(index)]") else { continue }
      let related = reading.place(of: "columns").map { [RelatedPlace("all columns of the table", at: $0)] } ?? []
      reading.report(
        Diagnostic(
          .error, "unknown-column", "`key` names `\(name)`, which is no column of the table", at: place,
          help: suggestions(for: name, in: columns, called: "columns"), related: related))
    }
  }
}
