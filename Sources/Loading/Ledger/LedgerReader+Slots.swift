internal import Catalog
internal import Manifests
internal import Planning
internal import Postgres
internal import State

extension LedgerReader {
  /// When flows with a schedule are due next, which of them are late, and which have a slot that nobody has taken.
  ///
  /// Schedules are about wall clocks, and the server knows what those show: of a time that comes twice as clocks are set
  /// back it takes the later one, and one that is skipped it moves on. So each comes once.
  func addSlots(
    of flows: [AppliedFlow], to statuses: inout [String: FlowStatus], on database: borrowing Database
  ) throws {
    let slots = try Self.slots(
      of: flows.compactMap { flow in
        let spec = flow.design.spec
        return spec.schedule.flatMap(Schedule.init).map { (flow: flow.name, schedule: $0, zone: spec.timezone) }
      }, on: database)
    for slot in slots {
      statuses[slot.flow]?.nextRun = slot.next
      // A time that comes once more is not there yet.
      guard let last = slot.last, slot.age >= 0 else { continue }
      // A flow that was never loaded may be newer than its last slot. Both times are written alike, so that the later one
      // is the greater text.
      if let status = statuses[slot.flow], status.last != nil, status.lastSuccess.map({ $0.started < last }) ?? true {
        statuses[slot.flow]?.late = slot.age
      }
    }
    let byFlow = Dictionary(slots.map { ($0.flow, $0) }) { first, _ in first }
    for (ledger, flows) in byLedger(flows) {
      let past = flows.compactMap { byFlow[$0.name] }.filter { $0.last != nil && $0.age >= 0 }
      for flow in try untaken(past, of: flows, in: ledger, on: database) {
        statuses[flow]?.dueSlot = byFlow[flow]?.last
      }
    }
  }

  /// A flow's slots around now: RFC 3339.
  struct Slots {
    var flow: String
    var next: String?
    var last: String?
    /// How many seconds ago the last one was.
    var age: Double
  }

  /// The slots of flows with schedules.
  ///
  /// - Parameter now: the server's time; tests have others.
  static func slots(
    of flows: [(flow: String, schedule: Schedule, zone: String)], now: SQL = "now()", on database: borrowing Database
  ) throws -> [Slots] {
    if flows.isEmpty { return [] }
    let zones = Array(Set(flows.map(\.zone))).sorted()
    let clocks = try database.rows(
      "SELECT z, to_char(\(sql: now) AT TIME ZONE z, 'YYYY-MM-DD HH24:MI') FROM unnest(\(value: zones)::text[]) z"
    ) { (zone: $0.text(0) ?? "", minute: $0.text(1).flatMap(WallMinute.init)) }
    let minutes = Dictionary(clocks.map { ($0.zone, $0.minute) }, uniquingKeysWith: { first, _ in first })
    let walls = flows.compactMap { flow, schedule, zone -> (flow: String, zone: String, last: String, next: String)? in
      guard let minute = minutes[zone] ?? nil else { return nil }
      return (
        flow, zone, schedule.last(until: minute)?.description ?? "", schedule.next(after: minute)?.description ?? ""
      )
    }
    let last: SQL = "nullif(r.last, '')::timestamp AT TIME ZONE r.zone"
    let next: SQL = "nullif(r.next, '')::timestamp AT TIME ZONE r.zone"
    return try database.rows(
      """
      SELECT r.flow, \(sql: RecordedLoad.time(next)), \(sql: RecordedLoad.time(last)),
        extract(epoch FROM \(sql: now) - (\(sql: last)))
      FROM unnest(\(value: walls.map(\.flow))::text[], \(value: walls.map(\.zone))::text[],
        \(value: walls.map(\.last))::text[], \(value: walls.map(\.next))::text[]) r (flow, zone, last, next)
      """
    ) { row in
      Slots(
        flow: row.text(0) ?? "", next: row.text(1), last: row.text(2),
        age: row.text(3).flatMap(Double.init) ?? -1)
    }
  }

  /// The flows of which no load, of whatever outcome, stands for the last slot or a later one; one that waits for its file
  /// is yet to be.
  private func untaken(
    _ slots: [Slots], of flows: [AppliedFlow], in ledger: QualifiedName, on database: borrowing Database
  ) throws -> [String] {
    if slots.isEmpty { return [] }
    let former = Dictionary(flows.map { ($0.name, $0.recorded.formerNames) }) { first, _ in first }
    let pairs = slots.flatMap { slot in
      ([slot.flow] + (former[slot.flow] ?? [])).map { (flow: slot.flow, name: $0, last: slot.last ?? "") }
    }
    return try database.rows(
      """
      SELECT f.flow FROM unnest(\(value: pairs.map(\.flow))::text[], \(value: pairs.map(\.name))::text[],
        \(value: pairs.map(\.last))::text[]) f (flow, name, last)
      GROUP BY f.flow HAVING NOT bool_or(EXISTS (
        SELECT FROM \(name: ledger) l WHERE l.project = \(value: project) AND l.flow = f.name
          AND l.lineage = \(value: lineage) AND l.slot >= f.last::timestamptz AND l.status <> 'waiting'))
      """
    ) { $0.text(0) ?? "" }
  }
}
