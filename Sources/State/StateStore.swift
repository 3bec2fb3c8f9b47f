public import Diagnostics

/// Where the state is kept: a file now, and perhaps a database where a team outgrows one machine.
public protocol StateStore: Sendable {
  /// Reads what was applied; nothing where nothing ever was.
  ///
  /// It takes no lock: a plan during an apply sees the steps that are finished.
  /// - Throws: `Failure` where the state cannot be read, is damaged, or is of a newer layout; it is never taken for "no
  ///   state" then.
  func read() throws(Failure) -> AppliedState?

  /// Takes the writer's lock, until the session ends or the process dies.
  ///
  /// - Parameter command: what the holder does, for those who find the lock taken: `sluice apply`.
  /// - Throws: `Failure` with the code `state-locked` and the holder's details.
  func open(command: String) throws(Failure) -> any StateSession
}

/// The one writer of a state, while it applies.
public protocol StateSession: AnyObject, Sendable {
  /// The state when the session began, finished steps of an interrupted one included.
  var state: AppliedState? { get }

  /// Records, for good, that the step at `address` is done: its cost does not grow with the state.
  ///
  /// - Parameter resource: what the state now holds; nothing where it is deleted.
  func record(_ address: String, _ resource: AppliedResource?, lineage: String) throws(Failure)

  /// Writes the whole state, if anything was recorded, and frees the lock.
  func close() throws(Failure)
}
