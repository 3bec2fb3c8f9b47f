internal import Catalog
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
}
