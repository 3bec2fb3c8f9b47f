internal import CLibPQ
internal import Dispatch

/// A look at the certificates that a server shows.
///
/// A try that fails over a certificate leaves nothing to look at: libpq has verified it and freed the session in one
/// call. So this is another one, which verifies nothing and ends where TLS is up: before the role's name, let alone a
/// password, is sent.
enum CertificateProbe {
  /// The certificates, the server's own first; none where that does not work within `timeout`.
  static func certificates(of parameters: ConnectionParameters, within timeout: Duration) async -> [ServerCertificate] {
    var parameters = parameters
    parameters["sslmode"] = "require"
    // With a file that is there, libpq would verify all the same.
    parameters["sslrootcert"] = "/dev/null/none"
    let unverified = parameters
    return await withCheckedContinuation { continuation in
      DispatchQueue(label: "certificate").async {
        continuation.resume(returning: look(unverified, until: .now + timeout))
      }
    }
  }

  private static func look(
    _ parameters: ConnectionParameters, until deadline: ContinuousClock.Instant
  ) -> [ServerCertificate] {
    guard let pointer = parameters.startConnecting() else { return [] }
    defer { PQfinish(pointer) }
    guard PQstatus(pointer) != CONNECTION_BAD else { return [] }
    var status = PGRES_POLLING_WRITING
    while status == PGRES_POLLING_READING || status == PGRES_POLLING_WRITING {
      if PQstatus(pointer) == CONNECTION_MADE, let session = OpenSSL.session(of: pointer) {
        return OpenSSL.peerChain(of: session).map { ServerCertificate($0) }
      }
      let left = ContinuousClock.now.duration(to: deadline)
      guard left > .zero else { return [] }
      let events = status == PGRES_POLLING_READING ? SocketPoll.reading : SocketPoll.writing
      if SocketPoll.ready(PQsocket(pointer), events, within: min(left, .milliseconds(100))) != 0 {
        status = PQconnectPoll(pointer)
      }
    }
    return []
  }
}
