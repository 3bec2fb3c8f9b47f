import Connecting
import Diagnostics
import Manifests
import Testing

@testable import Postgres

/// What is said of failures behind a tunnel, of which libpq sees the near end alone.
@Suite struct TunnelledFailureTests {
  private func diagnostic(_ failure: ConnectFailure) -> Diagnostic {
    var spec = Authorizer()
    spec.host = "db.internal"
    spec.database = "shop"
    spec.username = "loader"
    spec.tunnel = "bastion"
    var error = PostgresError(.connect, "words")
    error.connectFailure = failure
    error.phase = .port
    error.target = ConnectionTarget(
      host: "db.internal", address: "127.0.0.1", port: "41234", database: "shop", user: "loader",
      localAddress: "127.0.0.1")
    let places = Places(resource: Place(file: "m.yaml", line: 1, column: 1))
    return .connection(error, to: Resource(name: "wh", spec: spec, places: places))
  }

  @Test func `They name the far end and the tunnel, not the port of the forward`() {
    for failure in ConnectFailure.allCases {
      let diagnostic = diagnostic(failure)
      #expect(!"\(diagnostic)".contains("41234"), "\(failure)")
      #expect(diagnostic.code == "connection")
      #expect(diagnostic.reason == failure.reason)
    }
    #expect(
      diagnostic(.wrongPassword).message.contains(
        #"role "loader" was not let in at db.internal:5432 through tunnel/bastion"#)
    )
  }

  @Test func `A firewall is one between the tunnel's host and the far end`() {
    let diagnostic = diagnostic(.timedOut)
    #expect(diagnostic.message.hasPrefix("authorizer wh: no answer from db.internal:5432 through tunnel/bastion"))
    #expect(
      diagnostic.help.first
        == "a firewall may drop the packets: the host of tunnel/bastion must be allowed to reach db.internal:5432")
  }
}
