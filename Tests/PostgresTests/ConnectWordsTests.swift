import Testing

@testable import Postgres

/// What libpq and servers of other versions and languages say, told apart without one.
@Suite struct ConnectWordsTests {
  @Test(
    arguments: [
      (
        "FATAL:  28P01: password authentication failed for user \"u\"\nLOCATION:  auth_failed, auth.c:338\n",
        "wrong-password"
      ),
      // In another language, the code and the server's function are left.
      (
        "FATAL:  53300: zu viele Verbindungen für Rolle »u«\nLOCATION:  InitializeSessionUserId, miscinit.c:760\n",
        "too-many-connections-of-role"
      ),
      (
        "FATAL:  53300: zu viele Verbindungen für Datenbank »d«\nLOCATION:  CheckMyDatabase, postinit.c:380\n",
        "too-many-connections-of-database"
      ),
      ("FATAL:  53300: sorry, too many clients already\nLOCATION:  ProcSleep, proc.c:1\n", "too-many-connections"),
      (
        "FATAL:  28000: Rolle »u« existiert nicht\nLOCATION:  InitializeSessionUserId, miscinit.c:740\n", "unknown-role"
      ),
      ("FATAL:  28000: Peer authentication failed for user \"u\"\nLOCATION:  auth_failed, auth.c:338\n", "not-let-in"),
      (
        "FATAL:  57P03: the database system is shutting down\nLOCATION:  ProcessStartupPacket, postmaster.c:1\n",
        "shutting-down"
      ),
      (
        "FATAL:  57P03: the database system is in recovery mode\nLOCATION:  ProcessStartupPacket, postmaster.c:1\n",
        "starting-up"
      ),
      ("FATAL:  08P01: SSL required\n", "tls-required"),
      ("ERROR:  28000: connection is insecure (try using `sslmode=require`)\n", "tls-required"),
      ("connection to server at \"h\" (192.0.2.1), port 5432 failed: timeout expired\n", "timed-out"),
      (
        "connection to server at \"h\", port 5432 failed: SSL error: certificate verify failed\n",
        "certificate-unknown-ca"
      ),
      (
        "connection to server at \"h\", port 5432 failed: server closed the connection unexpectedly\n\tThis probably means the server terminated abnormally\n\tbefore or while processing the request.\n",
        "connection-closed"
      ),
      (
        "connection to server at \"h\", port 5432 failed: received invalid response to SSL negotiation: H\n",
        "not-postgresql"
      ),
      ("definition of service \"s\" not found\n", "invalid-parameters"),
    ])
  func words(_ text: String, failure: String) {
    #expect(PostgresError.connecting(text).connectFailure?.rawValue == failure)
  }

  @Test func `Code, detail and hint are taken out of the text, and where it went`() {
    let error = PostgresError.connecting(
      """
      connection to server at "localhost" (127.0.0.1), port 5432 failed: FATAL:  57P03: the database system is not accepting connections
      DETAIL:  Hot standby mode is disabled.
      HINT:  Wait.
      LOCATION:  ProcessStartupPacket, postmaster.c:2337

      """)
    #expect(error.message == "the database system is not accepting connections")
    #expect(error.sqlState == "57P03")
    #expect(error.detail == "Hot standby mode is disabled.")
    #expect(error.hint == "Wait.")
    #expect(error.routine == "ProcessStartupPacket")
  }

  @Test func `Where a wrong password was found is a hint`() {
    let error = PostgresError.connecting(
      """
      connection to server at "h" (192.0.2.1), port 5432 failed: FATAL:  28P01: password authentication failed for user "u"
      LOCATION:  auth_failed, auth.c:338
      password retrieved from file "/home/u/.pgpass"

      """)
    #expect(error.message == "password authentication failed for user \"u\"")
    #expect(error.hint == "password retrieved from file \"/home/u/.pgpass\"")
  }

  @Test func `Of several tries the one counts that came furthest`() {
    let error = PostgresError.connecting(
      """
      connection to server at "localhost" (127.0.0.1), port 5432 failed: FATAL:  28P01: password authentication failed for user "u"
      LOCATION:  auth_failed, auth.c:338
      connection to server at "localhost" (::1), port 5432 failed: Connection refused
      \tIs the server running on that host and accepting TCP/IP connections?

      """)
    #expect(error.connectFailure == .wrongPassword)
  }

  @Test func `TLS that failed is the cause where plain text is not wanted`() {
    let error = PostgresError.connecting(
      """
      connection to server at "h" (192.0.2.1), port 5432 failed: SSL error: tlsv1 alert unknown ca
      connection to server at "h" (192.0.2.1), port 5432 failed: FATAL:  28000: no pg_hba.conf entry for host "192.0.2.9", user "u", database "d", no encryption
      LOCATION:  ClientAuthentication, auth.c:542

      """)
    #expect(error.connectFailure == .clientCertificateRefused)
  }
}
