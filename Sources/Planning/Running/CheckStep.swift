/// One step of finding out whether an authorizer, or a tunnel, can be used.
public struct CheckStep: Hashable, Sendable {
  /// The steps, in order. The raw values are stable.
  public enum ID: String, Hashable, Sendable, CaseIterable {
    /// The host's name has an address.
    case name
    /// The port takes connections.
    case port
    /// The tunnel is up.
    case ssh
    /// The connection is encrypted.
    case tls
    /// The role is let in.
    case login
    /// The database is there.
    case database
    /// The server's version is one that Sluice works with.
    case version
    /// Statements run as the role that is wanted.
    case role
    /// The server takes writes.
    case writable
  }

  public var id: ID
  public var status: Check.Status
  /// How long it took; nothing where that is a part of another step's time, or nothing was done.
  public var milliseconds: Double?
  /// What was found, in a few words; empty where there is nothing to say.
  public var message: String

  /// Makes a step.
  public init(_ id: ID, _ status: Check.Status, milliseconds: Double? = nil, _ message: String = "") {
    self.id = id
    self.status = status
    self.milliseconds = milliseconds
    self.message = message
  }
}
