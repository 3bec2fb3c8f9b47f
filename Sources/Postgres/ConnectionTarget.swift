internal import CLibPQ

/// Whom libpq tried to connect to last, and how: what its parameters, a URI or a service file came to.
public struct ConnectionTarget: Sendable, Hashable {
  /// A name, an address or a socket's folder; empty where it did not come to that.
  public var host: String
  /// The address that the host's name stands for; nothing where it was not found, and for a socket.
  public var address: String?
  public var port: String
  public var database: String
  public var user: String
  /// libpq's `sslmode`.
  public var tlsMode: String
  /// Whether a password was sent.
  public var usedPassword: Bool
  /// This machine's address towards the host, where the network has a way there.
  public var localAddress: String?

  /// Makes a target.
  public init(
    host: String, address: String? = nil, port: String, database: String, user: String, tlsMode: String = "prefer",
    usedPassword: Bool = false, localAddress: String? = nil
  ) {
    self.host = host
    self.address = address
    self.port = port
    self.database = database
    self.user = user
    self.tlsMode = tlsMode
    self.usedPassword = usedPassword
    self.localAddress = localAddress
  }

  /// Whether it is a unix socket, which is never encrypted and leaves no machine.
  public var isSocket: Bool { host.hasPrefix("/") || host.hasPrefix("@") }

  /// `db.example.com:5432`, `[2001:db8::1]:5432`, `/run/postgresql/.s.PGSQL.5432`.
  public var name: String {
    if isSocket { return "\(host)/.s.PGSQL.\(port)" }
    return host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
  }

  /// Reads it from a libpq connection, be it a failed one.
  init(_ pointer: OpaquePointer) {
    func text(_ value: UnsafePointer<CChar>?) -> String { value.map { String(cString: $0) } ?? "" }
    host = text(PQhost(pointer))
    port = text(PQport(pointer))
    database = text(PQdb(pointer))
    user = text(PQuser(pointer))
    usedPassword = PQconnectionUsedPassword(pointer) == 1
    tlsMode = Self.option("sslmode", of: pointer) ?? "prefer"
    let found = text(PQhostaddr(pointer))
    address = found.isEmpty ? nil : found
  }

  private static func option(_ keyword: String, of pointer: OpaquePointer) -> String? {
    guard let options = PQconninfo(pointer) else { return nil }
    defer { PQconninfoFree(options) }
    var next = options
    while let name = next.pointee.keyword {
      if String(cString: name) == keyword { return next.pointee.val.map { String(cString: $0) } }
      next += 1
    }
    return nil
  }
}
