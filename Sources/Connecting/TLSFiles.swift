internal import Diagnostics
internal import Manifests
internal import Postgres

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Darwin
#endif

/// The files that `tls:` of an authorizer names.
struct TLSFiles {
  let authorizer: Resource<Authorizer>
  /// The project's, which they are relative to.
  let folder: String

  /// Gives libpq the mode and the files, once they are there and may be read: what libpq says of them comes late, and
  /// of some of them not at all.
  ///
  /// - Throws: `Failure` with the code `connection`, at the field of each file that will not do.
  func add(_ tls: Authorizer.TLS, to parameters: inout ConnectionParameters) throws(Failure) {
    var problems: [Diagnostic] = []
    parameters["sslmode"] = tls.mode.rawValue
    if tls.rootCertificate == Authorizer.TLS.systemAuthorities {
      parameters["sslrootcert"] = systemAuthorities(&problems)
    } else {
      parameters["sslrootcert"] = path(tls.rootCertificate, "rootCertificate", &problems)
    }
    parameters["sslcert"] = path(tls.clientCertificate, "clientCertificate", &problems)
    parameters["sslkey"] = path(tls.clientKey, "clientKey", isKey: true, &problems)
    if !problems.isEmpty { throw Failure(problems) }
  }

  private func path(
    _ file: String?, _ field: String, isKey: Bool = false, _ problems: inout [Diagnostic]
  ) -> String? {
    guard let file else { return nil }
    let path = "\(folder)/\(file)"
    var status = stat()
    guard unsafe stat(path, &status) == 0 else {
      problems.append(problem(field, .certificateFile, "there is no file \(file)"))
      return path
    }
    if status.st_mode & S_IFMT != S_IFREG {
      problems.append(problem(field, .certificateFile, "\(file) is not a file"))
    } else if unsafe access(path, R_OK) != 0 {
      problems.append(problem(field, .certificateFile, "\(file) may not be read"))
    } else if isKey, status.st_mode & (status.st_uid == 0 ? 0o037 : 0o077) != 0 {
      // What libpq asks of it: of a key of root's, the group may read it.
      problems.append(
        problem(
          field, .clientKeyPermissions, "others than its owner can read the key \(file)", help: ["chmod 600 \(file)"]))
    }
    return path
  }

  /// The machine's authorities: libpq 16 and later find them by themselves, those before want a file.
  private func systemAuthorities(_ problems: inout [Diagnostic]) -> String? {
    if ClientLibrary.version >= 160000 { return Authorizer.TLS.systemAuthorities }
    if let file = Self.bundles.first(where: { unsafe access($0, R_OK) == 0 }) { return file }
    problems.append(
      problem(
        "rootCertificate", .certificateFile, "this machine has no file of the authorities that it trusts",
        help: [
          "install them (Debian's package is ca-certificates), or name a file",
          "looked for: \(Self.bundles.joined(separator: ", "))",
        ]))
    return nil
  }

  /// Where Debian, Fedora, Alpine and macOS keep them.
  private static let bundles = [
    "/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/cert.pem",
  ]

  private func problem(
    _ field: String, _ failure: ConnectFailure, _ what: String, help: [String] = []
  ) -> Diagnostic {
    Diagnostic(
      .error, "connection", "authorizer \(authorizer.name): \(what)",
      at: authorizer.places.place(of: "tls.\(field)", "tls"),
      help: help.isEmpty ? ["paths are relative to the manifest"] : help, reason: failure.reason)
  }
}
