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
  /// - Parameters:
  ///   - command: what the holder does, for those who find the lock taken: `sluice apply`.
  ///   - waiting: how long to wait where it is taken.
  ///   - onWait: is told who holds it, in a sentence, before a wait begins.
  /// - Throws: `Failure` with the code `state-locked` and the holder's details; `CancellationError` while it waits.
  func open(
    command: String, waiting: Duration, onWait: @Sendable (String) -> Void
  ) async throws -> any StateSession
}

extension StateStore {
  /// Takes the writer's lock if it is free.
  public func open(command: String) async throws -> any StateSession {
    try await open(command: command, waiting: .zero) { _ in }
  }
}

/// The one writer of a state, while it applies.
public protocol StateSession: AnyObject, Sendable {
  /// The state when the session began, with what was recorded since.
  var state: AppliedState? { get }

  /// Records, for good and all or none, what a finished step changed: its cost does not grow with the state.
  ///
  /// Steps that finish side by side may call it at once; they share the wait for the disk.
  /// - Parameter lineage: of the state that is made where there is none yet.
  /// - Throws: `Failure` that names what is done, but not recorded. After one, nothing more is recorded.
  func record(_ changes: [StateChange], lineage: String) async throws(Failure)

  /// Writes the whole state, if anything was recorded, and frees the lock.
  func close() async throws(Failure)
}

/// What a finished step changed in the state, at one address.
public struct StateChange: Sendable {
  /// The resource's address: `flow/orders`.
  public var address: String
  /// What the state holds from now on; nothing where it forgets the resource.
  public var resource: AppliedResource?

  /// Makes a change.
  public init(address: String, resource: AppliedResource?) {
    self.address = address
    self.resource = resource
  }
}
