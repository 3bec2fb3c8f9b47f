public import Secrets

#if canImport(FoundationEssentials)
  internal import FoundationEssentials
#else
  internal import Foundation
#endif

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// What of libpq's environment variables may still count, as parameters, once libpq cannot see them any more.
public struct PostgresEnvironment: Sendable, Hashable {
  /// `PGPASSWORD`.
  public var password: Secret?
  /// `PGPASSFILE`, for the keyword `passfile`; without it libpq reads `~/.pgpass`.
  public var passwordFile: String?
  /// `PGSERVICEFILE`. libpq 15 has no keyword for it, so the variable stays; it counts only with `service`.
  public var serviceFile: String?

  /// Makes an environment.
  public init(password: Secret? = nil, passwordFile: String? = nil, serviceFile: String? = nil) {
    self.password = password
    self.passwordFile = passwordFile
    self.serviceFile = serviceFile
  }

  /// Takes all `PG*` variables out of the process's environment, so that libpq goes by parameters alone.
  ///
  /// To be called once, before other threads run: the environment belongs to the whole process.
  public static func scrub() -> PostgresEnvironment {
    let variables = ProcessInfo.processInfo.environment
    func value(_ name: String) -> String? { variables[name].flatMap { $0.isEmpty ? nil : $0 } }
    let found = PostgresEnvironment(
      password: value("PGPASSWORD").map(Secret.init), passwordFile: value("PGPASSFILE"),
      serviceFile: value("PGSERVICEFILE"))
    for name in variables.keys where name.hasPrefix("PG") && !kept.contains(name) { unsetenv(name) }
    return found
  }

  /// They name the files in which a `service` is looked up; libpq reads them only here.
  private static let kept: Set<String> = ["PGSERVICEFILE", "PGSYSCONFDIR"]
}

extension PostgresEnvironment: CustomStringConvertible, CustomReflectable {
  /// The names of the files; of the password, whether there is one.
  public var description: String { "password \(password == nil ? "unset" : "set")" }

  /// Shows what `description` does.
  public var customMirror: Mirror {
    Mirror(
      self,
      children: [
        "password": password == nil ? "unset" : "set", "passwordFile": passwordFile ?? "unset",
        "serviceFile": serviceFile ?? "unset",
      ])
  }
}
