internal import Diagnostics
public import Planning

/// Whether a load that ended like this may well succeed when it is tried again, on a new connection: the network, a
/// restart, a deadlock, a lock, too many clients.
///
/// That the table's lock is taken is for the user to hear at once, unless an earlier try of the same load lost its
/// connection: then its own old backend may be the holder.
public func isTransient(_ outcome: LoadOutcome) -> Bool {
  let codes = [
    "connection-lost", "commit-unknown", "remote-connection-lost", "source-connection-lost", "lock-timeout",
    "serialization-failure", "server-busy", "read-only",
  ]
  guard outcome.status == .failed, let code = outcome.error?.code else { return false }
  return outcome.isConnectionMissing || codes.contains(code) || (code == "table-locked" && outcome.attempt > 1)
}

extension LoadRequest {
  /// The next try of a load that ended like this.
  ///
  /// A failure that has its own row of the ledger is over, and the next try gets an id of its own. Otherwise nobody knows
  /// whether the load happened, or an earlier try of it: the id stays, and the next try, once the table's lock is free,
  /// finds it in the ledger or not.
  public func retried(after outcome: LoadOutcome) -> LoadRequest {
    var next = self
    next.attempt += 1
    if outcome.isRecorded { next.load = LoadRequest.newLoad() }
    return next
  }
}
