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
    "serialization-failure",
    "server-busy", "read-only",
  ]
  guard outcome.status == .failed, let code = outcome.error?.code else { return false }
  return codes.contains(code) || (code == "table-locked" && outcome.attempt > 1)
}

extension LoadRequest {
  /// The next try of a load that ended like this.
  ///
  /// Where the connection was lost, nobody knows whether the load happened: the id stays, and the next try, once the
  /// table's lock is free, finds it in the ledger or not. Any other failure has its own row of the ledger, and the next
  /// try gets an id of its own.
  public func retried(after outcome: LoadOutcome) -> LoadRequest {
    var next = self
    next.attempt += 1
    let isOpen = ["commit-unknown", "connection-lost", "table-locked"].contains(outcome.error?.code)
    if !isOpen { next.load = LoadRequest.newLoad() }
    return next
  }
}
