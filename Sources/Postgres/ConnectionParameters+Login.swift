internal import CLibPQ
internal import Secrets

extension ConnectionParameters {
  /// The role and the database that they name, by themselves or in the URL; nothing where they leave one of both open.
  public var login: (role: String, database: String)? {
    let parts = parts
    guard let role = self["user"] ?? parts["user"], let database = self["dbname"] ?? parts["dbname"], !role.isEmpty,
      !database.isEmpty
    else { return nil }
    return (role, database)
  }

  /// The host that they name, by themselves or in the URL.
  public var host: String? { self["host"] ?? parts["host"] }

  /// Where the server is, by themselves or in the URL; nothing where libpq would choose.
  public var server: (host: String?, address: String?, port: String?) {
    let parts = parts
    return (self["host"] ?? parts["host"], self["hostaddr"] ?? parts["hostaddr"], self["port"] ?? parts["port"])
  }

  /// Whether they name a password, by themselves or in the URL.
  public var hasPassword: Bool { has("password") || parts["password"] != nil }

  /// The URL's keywords with their values.
  private var parts: [String: String] {
    guard let url, let options = url.reveal({ PQconninfoParse($0, nil) }) else { return [:] }
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
