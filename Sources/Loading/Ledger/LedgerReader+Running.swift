internal import Catalog
internal import Manifests
internal import Planning
internal import Postgres

extension LedgerReader {
  /// The flows that are being loaded, by the advisory locks of their tables.
  ///
  /// Two flows may fill one table; the session that has the lock says which of them it loads, where this role may see
  /// that.
  func running(
    _ flows: [AppliedFlow], on database: borrowing Database
  ) throws -> [(flow: String, load: (who: String?, since: String?))] {
    let since = RecordedLoad.time("a.xact_start")
    let holders = try database.rows(
      """
      SELECT (l.classid::bigint << 32) | l.objid::bigint, nullif(a.application_name, ''), \(sql: since)
      FROM pg_locks l LEFT JOIN pg_stat_activity a USING (pid)
      WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 1
        AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
      """
    ) { (key: $0.int(0) ?? 0, who: $0.text(1), since: $0.text(2)) }
    let byKey = Dictionary(holders.map { ($0.key, $0) }, uniquingKeysWith: { first, _ in first })
    return flows.compactMap { flow in
      guard let holder = byKey[Int(tableLockKey(flow.design.table))] else { return nil }
      if let who = holder.who, who.hasPrefix("sluice flow/") {
        let name = who.dropFirst("sluice flow/".count).prefix { $0 != " " }
        // A session's name has at most 63 bytes.
        guard flow.name.hasPrefix(name), who.utf8.count >= 63 || flow.name == name else { return nil }
      }
      return (flow.name, (holder.who, holder.since))
    }
  }

  /// When flows with a schedule are due next, and which of them are late.
  ///
  /// Schedules are about wall clocks, and the server knows what those show: of a time that comes twice as clocks are set
  /// back it takes the later one, and one that is skipped it moves on.
  func addSlots(
    of flows: [AppliedFlow], to statuses: inout [String: FlowStatus], on database: borrowing Database
  ) throws {
    let scheduled = flows.compactMap { flow in
      flow.design.spec.schedule.flatMap(Schedule.init).map { (flow: flow, schedule: $0) }
    }
    if scheduled.isEmpty { return }
    let zones = Array(Set(scheduled.map(\.flow.design.spec.timezone))).sorted()
    let clocks = try database.rows(
      """
      SELECT z, to_char(now() AT TIME ZONE z, 'YYYY-MM-DD HH24:MI') FROM unnest(\(value: zones)::text[]) z
      """
    ) { (zone: $0.text(0) ?? "", now: $0.text(1).flatMap(WallMinute.init)) }
    let now = Dictionary(clocks.map { ($0.zone, $0.now) }, uniquingKeysWith: { first, _ in first })
    let slots = scheduled.compactMap { flow, schedule -> (flow: String, zone: String, last: String?, next: String?)? in
      let zone = flow.design.spec.timezone
      guard let now = now[zone] ?? nil else { return nil }
      return (
        flow.name, zone, schedule.last(until: now)?.description, schedule.next(after: now)?.description
      )
    }
    let next = RecordedLoad.time("s.next::timestamp AT TIME ZONE s.zone")
    let last = RecordedLoad.time("s.last::timestamp AT TIME ZONE s.zone")
    try database.rows(
      """
      SELECT s.flow, \(sql: next), \(sql: last), extract(epoch FROM now() - s.last::timestamp AT TIME ZONE s.zone)
      FROM unnest(\(value: slots.map(\.flow))::text[], \(value: slots.map(\.zone))::text[],
        \(value: slots.map { $0.last ?? "" })::text[], \(value: slots.map { $0.next ?? "" })::text[]) r (flow, zone, a, b),
        LATERAL (SELECT r.flow, r.zone, nullif(r.a, '') AS last, nullif(r.b, '') AS next) s
      """
    ).forEach { row in
      guard let flow = row.text(0) else { return }
      statuses[flow]?.nextRun = row.text(1)
      guard let slot = row.text(2), let age = row.text(3).flatMap(Double.init) else { return }
      // Both are written alike, so that the later one is the greater text.
      // A flow that was never loaded may be newer than its last slot.
      guard let status = statuses[flow], status.last != nil, status.lastSuccess.map({ $0.started < slot }) ?? true
      else {
        return
      }
      statuses[flow]?.late = age
    }
  }
}
