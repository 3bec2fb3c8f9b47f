import JSON
import TestSupport
import Testing

/// Each way in which connecting fails has a reason, a place and a help of its own, and the same ones everywhere.
@Suite("Why it does not connect", .timeLimit(.minutes(15)))
struct ConnectionCauseTests {
  @Test("Each cause is told apart", arguments: ConnectionCause.all)
  func told(_ cause: ConnectionCause) async throws {
    let causes = try await ConnectionCauses.shared()
    let check = try #require(causes.checks["authorizer/\(cause.name)"], "\(causes.output)")
    #expect(check["status"] == "failed")
    let diagnostic = try #require(check["diagnostics"]?.arrayValue?.first)
    func here(_ text: String) -> String { text.replacing("PORT", with: "\(causes.ports[cause.name] ?? 0)") }
    #expect(diagnostic["code"] == "connection")
    #expect(diagnostic["reason"]?.stringValue == cause.reason, "\(diagnostic)")
    let message = diagnostic["message"]?.stringValue ?? ""
    #expect(message.contains(here(cause.message)), "\(message)")
    let help = diagnostic["help"]?.strings ?? []
    #expect(help.contains { $0.contains(here(cause.help)) }, "\(help)")
    #expect(try pointed(diagnostic, in: causes) == cause.at)
    let steps = check["steps"]?.arrayValue ?? []
    let failed = steps.filter { $0["status"] == "failed" }.compactMap { $0["step"]?.stringValue }
    #expect(failed == [cause.step].compactMap { $0 }, "\(steps)")
    let after = steps.drop { $0["status"] != "failed" }.dropFirst()
    #expect(after.allSatisfy { $0["status"] == "skipped" })
  }

  @Test("No password is told, whatever is wrong with it")
  func secret() async throws {
    let causes = try await ConnectionCauses.shared()
    #expect(!causes.output.contains("hush"))
  }

  @Test("Every reason that is documented is reached, and no other")
  func reasons() {
    let reasons = Set(ConnectionCause.all.map(\.reason))
    #expect(
      reasons == [
        "host-not-found", "refused", "socket-missing", "timed-out", "unreachable", "invalid-parameters", "tls-required",
        "tls-unavailable", "tls-version", "certificate-expired", "certificate-not-yet-valid", "certificate-wrong-name",
        "certificate-unknown-ca", "certificate-file", "client-certificate-required", "client-certificate-refused",
        "client-key-permissions", "wrong-password", "no-password", "unknown-role", "role-cannot-login", "no-hba-entry",
        "unknown-database", "database-closed", "no-connect-privilege", "too-many-connections", "starting-up",
        "shutting-down", "in-recovery", "read-only",
      ])
  }

  /// The text that a diagnostic points at.
  private func pointed(_ diagnostic: JSONValue, in causes: ConnectionCauses) throws -> String {
    let place = try #require(diagnostic["place"])
    let (line, start, end) = (
      place["line"]?.intValue ?? 1, place["column"]?.intValue ?? 1, place["endColumn"]?.intValue
    )
    let text = try causes.project.read("causes.yaml").split(separator: "\n", omittingEmptySubsequences: false)[line - 1]
    return String(text.dropFirst(start - 1).prefix((end ?? start) - start))
  }
}
