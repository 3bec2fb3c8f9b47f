import Catalog
import Diagnostics
import Manifests
import Testing

@testable import Planning

/// What a plan says of how its authorizers are connected to.
@Suite("What a plan says of connections") struct ConnectionWarningTests {
  @Test("Plain text for want of TLS is a warning of the authorizer, and stops nothing")
  func fallback() throws {
    var live = server()
    live.server.isPlainForWantOfTLS = true
    let plan = plan(try orders(threeColumns), live: live)
    #expect(plan.diagnostics.map(\.code) == ["tls-fallback"])
    #expect(plan.diagnostics.first?.severity == .warning)
    #expect(plan.diagnostics.first?.message.hasPrefix("authorizer wh: the connection is not encrypted") == true)
    #expect(!plan.isBlocked)
  }

  @Test("A server that takes no writes blocks its flows, with the reason", arguments: [true, false])
  func writable(isStandby: Bool) throws {
    var live = server()
    live.server.isInRecovery = isStandby
    live.server.isReadOnly = !isStandby
    let plan = plan(try orders(threeColumns), live: live)
    #expect(plan.diagnostics.map(\.code) == ["server-writable"])
    #expect(plan.diagnostics.first?.reason == (isStandby ? "in-recovery" : "read-only"))
    #expect(try plan.step("flow/orders").action == .blocked)
  }

  @Test("A server that is too old blocks its flows") func version() throws {
    var live = server()
    live.server.versionNumber = 110022
    live.server.version = "11.22"
    #expect(plan(try orders(threeColumns), live: live).diagnostics.map(\.code) == ["server-version"])
  }

  @Test("What several loads failed for at one authorizer is told once, with their flows")
  func once() {
    let diagnostic = Diagnostic(.error, "connection", "authorizer wh: no answer", reason: "timed-out")
    let other = Diagnostic(.error, "schema-exists", "flow/c: no schema")
    var loads = ["a", "b"].map {
      LoadOutcome(flow: $0, load: "l", status: .failed, mode: .insert, error: diagnostic)
    }
    loads.append(LoadOutcome(flow: "c", load: "l", status: .failed, mode: .insert, error: other))
    for index in loads.indices { loads[index].nameFlow() }
    #expect(loads.diagnostics.map(\.message) == ["authorizer wh: no answer", "flow/c: no schema"])
    #expect(loads.diagnostics.map(\.help) == [["not loaded for it: flow/a, flow/b"], []])
  }
}
