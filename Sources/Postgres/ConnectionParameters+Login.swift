internal import CLibPQ

extension ConnectionParameters {
  /// The role and the database that they name, by themselves or in a URI; nothing where they leave one of both open.
  public var login: (role: String, database: String)? {
    var role = self["user"], database = self["dbname"]
    if let text = database, text.contains("=") || text.contains("://") {
      let parts = Self.parts(of: text)
      role = parts["user"] ?? role
      database = parts["dbname"]
    }
    guard let role, let database, !role.isEmpty, !database.isEmpty else { return nil }
    return (role, database)
  }

  /// The host that they name, by themselves or in a URI.
  public var host: String? { self["dbname"].flatMap { Self.parts(of: $0)["host"] } ?? self["host"] }

  /// Where the server is, by themselves or in a URI; nothing where libpq would choose.
  public var server: (host: String?, address: String?, port: String?) {
    let parts = self["dbname"].map(Self.parts) ?? [:]
    return (parts["host"] ?? self["host"], parts["hostaddr"] ?? self["hostaddr"], parts["port"] ?? self["port"])
  }

  /// Whether they name a password, by themselves or in a URI.
  public var hasPassword: Bool { self["password"] != nil || self["dbname"].map(Self.parts)?["password"] != nil }

  /// A connection string's or a URI's keywords with their values.
  private static func parts(of text: String) -> [String: String] {
    guard let options = PQconninfoParse(text, nil) else { return [:] }
    defer { PQconninfoFree(options) }
    var parts: [String: String] = [:]
    var next = options
    while let keyword = next.pointee.keyword {
      if let value = next.pointee.val { parts[String(cString: keyword)] = String(cString: value) }
      next += 1
    }
    return parts
  }
}
