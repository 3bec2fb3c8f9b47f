internal import Catalog
public import Diagnostics
public import Manifests
public import Postgres

extension Diagnostic {
  /// Why `authorizer` cannot be connected to, where that is written in the manifest, and what to do.
  public static func connection(_ error: PostgresError, to authorizer: Resource<Authorizer>) -> Diagnostic {
    if let role = authorizer.spec.role, error.statement?.hasPrefix("SET LOCAL ROLE") == true {
      return .role(Identifier(role), refused: error, to: authorizer)
    }
    let failed = FailedConnection(error, authorizer.spec)
    let explanation = failed.explanation
    let places = authorizer.places
    let place = explanation.fields.compactMap { places.fields[$0] }.first ?? places.place(of: "url", "service", "host")
    return Diagnostic(
      .error, "connection", "authorizer \(authorizer.name): \(explanation.what)", at: place,
      help: explanation.help + failed.words, reason: error.connectFailure?.reason)
  }

  /// The role that connects may not become the one that statements are to run as, or there is none of that name.
  private static func role(
    _ role: Identifier, refused error: PostgresError, to authorizer: Resource<Authorizer>
  ) -> Diagnostic {
    let login = authorizer.spec.username.map { Identifier($0).sql }
    let help =
      error.sqlState == "42501"
      ? login.map { "GRANT \(role.sql) TO \($0);" }
        ?? "the role that connects must be a member: GRANT \(role.sql) TO it"
      : "check `role:` for a typing mistake"
    return Diagnostic(
      .error, "connection",
      "authorizer \(authorizer.name): statements cannot run as role \(role.sql): \(error.message)",
      at: authorizer.places.place(of: "role"), help: [help], reason: "role-refused")
  }
}
