extension TestDatabase {
  /// Waits until `condition`, a query of one boolean, holds: in one session of the server's, as one connection a look
  /// would take the machine from those who are waited for.
  public func wait(until condition: String) async throws {
    try await execute(
      """
      DO $wait$ BEGIN
        WHILE (\(condition)) IS NOT TRUE LOOP
          PERFORM pg_sleep(0.02);
          PERFORM pg_stat_clear_snapshot();
        END LOOP;
      END $wait$
      """)
  }

  /// Waits until `count` sessions of this database wait for a lock, in a statement like `query`.
  public func wait(forLockIn query: String = "%", count: Int = 1) async throws {
    try await wait(
      until: """
        SELECT count(*) = \(count) FROM pg_stat_activity
        WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE '\(query)'
        """)
  }
}
