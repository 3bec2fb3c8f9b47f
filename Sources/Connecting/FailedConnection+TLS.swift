internal import Manifests
internal import Postgres

extension FailedConnection {
  private static let fields = ["tls.mode", "tls", "url", "service", "host"]

  /// Encryption itself.
  func encryption(_ failure: ConnectFailure) -> ConnectionExplanation? {
    switch failure {
    case .tlsRequired:
      ConnectionExplanation(
        "\(server) wants TLS, and \(mode) rules it out", at: Self.fields,
        help: "write `tls: require`, or `tls: {mode: verify-full, rootCertificate: ca.pem}` to verify the server too")
    case .tlsUnavailable:
      ConnectionExplanation(
        "\(server) has no TLS, and \(mode) wants it", at: Self.fields,
        help: "the server's administrator turns it on (ssl = on); `tls: disable` is for where plain text is meant")
    case .tlsVersion:
      ConnectionExplanation(
        "\(server) and this machine have no version of TLS in common", at: Self.fields,
        help: "the server must speak TLS 1.2 or 1.3: its ssl_min_protocol_version and ssl_max_protocol_version, and "
          + "those of a url or a service here, say which")
    case .tlsFailed: ConnectionExplanation("TLS could not be set up with \(server)", at: Self.fields)
    default: nil
    }
  }

  /// The certificates of both sides.
  func certificates(_ failure: ConnectFailure) -> ConnectionExplanation? {
    let roots = ["tls.rootCertificate"] + Self.fields
    let own = ["tls.clientCertificate"] + Self.fields
    return switch failure {
    case .certificateExpired:
      ConnectionExplanation(
        "the certificate of \(server) \(day { $0.isExpired ? $0.validUntil : nil }.map { "expired on \($0)" } ?? "has expired")",
        at: Self.fields,
        help: "the server's administrator renews it")
    case .certificateNotYetValid:
      ConnectionExplanation(
        "the certificate of \(server) is not valid \(day { $0.isNotYetValid ? $0.validFrom : nil }.map { "before \($0)" } ?? "yet")",
        at: Self.fields, help: "check this machine's clock")
    case .certificateUnknownCA:
      ConnectionExplanation(
        "the certificate of \(server) is signed by no authority of \(authorities)", at: roots,
        help: "name the file with the certificate of the authority that signed it"
          + (issuer.map { " (\"\($0)\")" } ?? "") + " as `rootCertificate:`")
    case .certificateWrongName:
      ConnectionExplanation(
        "the certificate of \(server) is \(names), not for \"\(target?.host ?? spec.host ?? "")\"",
        at: ["host"] + Self.fields,
        help: "write one of its names as \(part("host")), or have the server's administrator add this one to it",
        "`tls: verify-ca` verifies who signed it and not the name")
    case .certificateFile: file()
    case .clientKeyPermissions:
      ConnectionExplanation(
        "others than its owner can read the client's key", at: ["tls.clientKey"] + own,
        help: "chmod 600 \(spec.tls?.clientKey ?? "~/.postgresql/postgresql.key")")
    case .clientCertificateRequired:
      ConnectionExplanation(
        "\(server) wants a certificate of the client's\(spec.tls?.clientCertificate == nil ? ", and there is none" : "")",
        at: own, help: "write `tls: {mode: require, clientCertificate: client.pem, clientKey: client.key}`")
    case .clientCertificateRefused:
      ConnectionExplanation(
        "\(server) does not accept the client's certificate: \(refusal)", at: own, help: refusalHelp)
    default: nil
    }
  }

  /// The day of the first certificate that has one.
  private func day(_ day: (ServerCertificate) -> String?) -> String? { error.certificates.lazy.compactMap(day).first }

  private var issuer: String? { error.certificates.last?.issuer }

  private var authorities: String {
    switch spec.tls?.rootCertificate {
    case nil: "~/.postgresql/root.crt"
    case "system": "those that this machine trusts"
    case let file?: file
    }
  }

  private var names: String {
    let names = error.certificates.first?.names ?? []
    if names.isEmpty { return "for another name" }
    return "for \(names.prefix(5).joined(separator: ", "))" + (names.count > 5 ? " and \(names.count - 5) more" : "")
  }

  /// A file that is no certificate, no key, or not there; those that the manifest names are known to be there.
  private func file() -> ConnectionExplanation {
    let words = error.message.lowercased()
    if words.contains("root certificate") {
      guard spec.tls?.rootCertificate == nil else {
        return ConnectionExplanation(
          "\(spec.tls?.rootCertificate ?? "") holds no certificates", at: ["tls.rootCertificate"] + Self.fields,
          help: "it is to hold certificates in PEM, with -----BEGIN CERTIFICATE-----")
      }
      return ConnectionExplanation(
        "\(mode) needs to know whom to trust, and there is no ~/.postgresql/root.crt", at: Self.fields,
        help: "write `tls: {mode: verify-full, rootCertificate: ca.pem}`, or `rootCertificate: system` where a public "
          + "authority has signed the server's certificate")
    }
    if words.contains("key") {
      return ConnectionExplanation(
        "the client's key does not fit its certificate, or cannot be read", at: ["tls.clientKey"] + Self.fields,
        help: "`clientKey:` names the key, in PEM, that `clientCertificate:` was made with")
    }
    return ConnectionExplanation(
      "the client's certificate cannot be read", at: ["tls.clientCertificate"] + Self.fields,
      help: "it is to be in PEM, with -----BEGIN CERTIFICATE-----")
  }

  private var refusal: String {
    let words = error.message.lowercased()
    if error.sqlState != nil { return "it is not for \(role)" }
    if words.contains("expired") { return "it has expired" }
    if words.contains("unknown ca") { return "it is signed by no authority that the server trusts" }
    return words.contains("revoked") ? "it is revoked" : "it is not valid there"
  }

  private var refusalHelp: String {
    error.sqlState == nil
      ? "have it signed anew by an authority of the server's ssl_ca_file"
      : "its common name must be the role's, or be mapped to it in the server's pg_ident.conf"
  }
}
