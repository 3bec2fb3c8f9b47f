internal import Catalog
internal import Connecting
internal import Diagnostics
internal import Manifests
internal import Planning
internal import Postgres

/// The steps of a check, from how far connecting came and what the server said then.
struct CheckSteps {
  private let trace: ConnectionTrace
  private let spec: Authorizer
  let elapsed: Duration
  private(set) var steps: [CheckStep] = []

  init(trace: ConnectionTrace, elapsed: Duration, spec: Authorizer) {
    self.trace = trace
    self.elapsed = elapsed
    self.spec = spec
  }

  /// The steps up to the server's own answers, the one of the tunnel only where there is one.
  private var ids: [CheckStep.ID] { CheckStep.ID.allCases.filter { $0 != .ssh || spec.tunnel != nil } }

  private func time(_ id: CheckStep.ID) -> Double? {
    let time = ConnectionTrace.Phase(rawValue: id.rawValue).flatMap { trace.durations[$0] }?.milliseconds
    // That the role is in, and what comes of the database, may be read in one go.
    return id == .database ? time ?? 0 : time
  }

  // MARK: Reached

  /// All steps, where the server has answered.
  ///
  /// - Returns: what is wrong with it all the same.
  mutating func reached(_ server: Server, _ authorizer: Resource<Authorizer>, isWritten: Bool) -> [Diagnostic] {
    var problems: [Diagnostic] = []
    let connecting = trace.durations.values.reduce(Duration.zero, +)
    steps = ids.map { id in
      switch id {
      case .name: name()
      case .port: CheckStep(.port, .passed, milliseconds: time(.port), trace.target?.name ?? "")
      case .ssh: CheckStep(.ssh, .passed, milliseconds: time(.ssh), spec.tunnel ?? "")
      case .tls: encryption(server)
      case .login: CheckStep(.login, .passed, milliseconds: time(.login), "role \(server.login.sql)")
      case .database: CheckStep(.database, .passed, milliseconds: time(.database), server.database)
      case .version: version(server, authorizer, (elapsed - connecting).milliseconds, &problems)
      case .role: CheckStep(.role, .passed, "statements run as \(server.role.sql)")
      case .writable: writable(server, authorizer, isWritten: isWritten, &problems)
      }
    }
    return problems
  }

  private func name() -> CheckStep {
    if spec.tunnel != nil { return CheckStep(.name, .skipped, "the tunnel looks it up") }
    guard let target = trace.target, !target.isSocket else { return CheckStep(.name, .skipped, "a unix socket") }
    guard let address = target.address, address != target.host else {
      return CheckStep(.name, .skipped, "an address")
    }
    return CheckStep(.name, .passed, milliseconds: time(.name), "\(target.host) is \(address)")
  }

  private func encryption(_ server: Server) -> CheckStep {
    if let tls = server.tls {
      let verified = server.isCertificateVerified ? "certificate verified" : "certificate not verified"
      return CheckStep(.tls, .passed, milliseconds: time(.tls), "\(Self.shown(tls)), \(verified)")
    }
    if trace.target?.isSocket == true { return CheckStep(.tls, .skipped, "a unix socket is never encrypted") }
    return server.isPlainForWantOfTLS
      ? CheckStep(.tls, .skipped, milliseconds: time(.tls), "not encrypted: TLS could not be had")
      : CheckStep(.tls, .skipped, "not encrypted, as `tls` says")
  }

  /// `TLS 1.3`, of `TLSv1.3`.
  private static func shown(_ tlsProtocol: String) -> String { tlsProtocol.replacing("TLSv", with: "TLS ") }

  private func version(
    _ server: Server, _ authorizer: Resource<Authorizer>, _ time: Double, _ problems: inout [Diagnostic]
  ) -> CheckStep {
    guard let problem = Diagnostic.version(server, of: authorizer.name, at: Self.place(of: authorizer)) else {
      return CheckStep(.version, .passed, milliseconds: time, "PostgreSQL \(server.version)")
    }
    problems.append(problem)
    return CheckStep(.version, .failed, milliseconds: time, "PostgreSQL \(server.version) is too old")
  }

  private func writable(
    _ server: Server, _ authorizer: Resource<Authorizer>, isWritten: Bool, _ problems: inout [Diagnostic]
  ) -> CheckStep {
    guard let problem = Diagnostic.writable(server, of: authorizer.name, at: Self.place(of: authorizer)) else {
      return CheckStep(.writable, .passed)
    }
    let words = server.isInRecovery ? "a standby" : "read-only (default_transaction_read_only)"
    guard isWritten else { return CheckStep(.writable, .skipped, "\(words); no destination writes to it") }
    problems.append(problem)
    return CheckStep(.writable, .failed, words)
  }

  private static func place(of authorizer: Resource<Authorizer>) -> Place {
    authorizer.places.place(of: "host", "url", "service")
  }

  // MARK: Failed

  /// The steps up to the one that failed, where `diagnostic` came instead of an answer; those after it are skipped.
  mutating func failed(_ diagnostic: Diagnostic) {
    let failed = failedStep(diagnostic)
    let before = failed.map { failed in ids.prefix { $0 != failed } } ?? []
    steps = ids.map { id in
      if id == failed { return CheckStep(id, .failed, milliseconds: time(id), message(diagnostic)) }
      guard before.contains(id) else { return CheckStep(id, .skipped) }
      switch id {
      case .name: return name()
      case .port: return CheckStep(.port, .passed, milliseconds: time(.port), trace.target?.name ?? "")
      case .tls:
        return CheckStep(
          .tls, trace.tlsProtocol == nil ? .skipped : .passed, milliseconds: time(.tls),
          trace.tlsProtocol.map(Self.shown) ?? "not encrypted")
      default: return CheckStep(id, .passed, milliseconds: time(id))
      }
    }
  }

  /// The step that a diagnostic is about; nothing where it is about none, as a secret that is not set.
  private func failedStep(_ diagnostic: Diagnostic) -> CheckStep.ID? {
    if diagnostic.reason == "role-refused" { return .role }
    // One reason stands for several limits of connections.
    let known = trace.failure.flatMap { $0.reason == diagnostic.reason ? $0 : nil }
    let failure = known ?? diagnostic.reason.flatMap(ConnectFailure.init)
    // Nothing was tried: a file is missing, a secret is not set.
    guard let last = trace.phase, failure != .parameters else { return nil }
    return CheckStep.ID(rawValue: (failure?.phase ?? last).rawValue)
  }

  /// The diagnostic's message without the authorizer's name, which stands above.
  private func message(_ diagnostic: Diagnostic) -> String {
    diagnostic.message.split(separator: ": ", maxSplits: 1).last.map(String.init) ?? diagnostic.message
  }
}
