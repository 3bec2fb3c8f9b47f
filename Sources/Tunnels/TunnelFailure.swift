/// Why a tunnel could not be opened, ended, or did not carry a connection. The raw values are stable.
public enum TunnelFailure: String, Sendable, Hashable, CaseIterable {
  /// There is no `ssh` in PATH.
  case programMissing = "ssh-not-installed"
  /// The SSH server's name has no address.
  case hostNotFound = "host-not-found"
  /// Nothing listens at the SSH server's address.
  case refused = "refused"
  /// No answer in time.
  case timedOut = "timed-out"
  /// The host or its network cannot be reached.
  case unreachable = "unreachable"
  /// The server answered, and then closed the connection before it was set up.
  case closed = "closed"
  /// The server's key is another one than known_hosts has.
  case hostKeyChanged = "host-key-changed"
  /// No known_hosts has a key of the server.
  case hostKeyUnknown = "host-key-unknown"
  /// The server's key is not the one that is pinned.
  case hostKeyMismatch = "host-key-mismatch"
  /// The server takes no key that was offered.
  case keyRefused = "key-refused"
  /// The server does not take the password.
  case passwordRefused = "password-refused"
  /// The private key's file is not there, or cannot be read.
  case identityFileMissing = "identity-file-missing"
  /// Others can read the private key's file, so that ssh does not use it.
  case identityFileOpen = "identity-file-open"
  /// The private key is encrypted, and nobody can be asked for its passphrase.
  case identityFileLocked = "identity-file-locked"
  /// ssh does not take its configuration or one of its options.
  case configuration = "configuration"
  /// The server does not open connections to the target, or could not.
  case forwardRefused = "forward-refused"
  /// No port could be had on this machine.
  case noPort = "no-port"
  /// ssh was there, and ended.
  case ended = "ended"
  /// Something else; ssh's own words say what.
  case other = "other"

  /// Whether the same may well succeed a little later.
  fileprivate var isTransient: Bool {
    switch self {
    case .hostNotFound, .refused, .timedOut, .unreachable, .closed, .noPort, .ended: true
    case .programMissing, .hostKeyChanged, .hostKeyUnknown, .hostKeyMismatch, .keyRefused, .passwordRefused,
      .identityFileMissing, .identityFileOpen, .identityFileLocked, .configuration, .forwardRefused, .other:
      false
    }
  }

  /// Tells a failure to start by ssh's words, which are English as its locale is C; those of OpenSSH 8 to 10.
  ///
  /// ssh has one exit status, 255, for all of its own failures.
  ///
  /// - Parameter isKeyAccepted: whether the server would take a key that ssh then did not sign with.
  init(words: [String], settings: TunnelSettings, isKeyAccepted: Bool) {
    let text = words.joined(separator: "\n").lowercased()
    func says(_ phrases: String...) -> Bool { phrases.contains { text.contains($0) } }
    self =
      if says("remote host identification has changed", "host key is known for", "host key verification failed") {
        if settings.hostKey != nil {
          .hostKeyMismatch
        } else if says("identification has changed") {
          .hostKeyChanged
        } else {
          .hostKeyUnknown
        }
      } else if says("unprotected private key file") {
        .identityFileOpen
      } else if says("incorrect passphrase supplied") {
        .identityFileLocked
      } else if says("permission denied (", "too many authentication failures", "no supported authentication methods") {
        if isKeyAccepted, settings.identityFile != nil, !says("signing failed") {
          .identityFileLocked
        } else {
          settings.password == nil ? .keyRefused : .passwordRefused
        }
      } else if says("could not resolve hostname") {
        .hostNotFound
      } else if says("connection refused") {
        .refused
      } else if says("timed out") {
        .timedOut
      } else if says("no route to host", "network is unreachable", "host is down") {
        .unreachable
      } else if says(
        "bad configuration option", "configuration options", "can't open user config file", "bad owner or permissions",
        "missing argument", "unsupported option", "invalid", "config file")
      {
        .configuration
      } else if says("connection closed by", "connection reset by", "banner exchange", "broken pipe", "kex_exchange") {
        .closed
      } else {
        .other
      }
  }
}

/// A tunnel that could not be opened, ended, or did not carry a connection.
public struct TunnelError: Error, Sendable, Equatable {
  /// Why.
  public var failure: TunnelFailure
  /// The last lines that ssh itself said, without any password.
  public var words: [String]
  /// How ssh ended: `ssh ended with status 255`; nothing where it did not, or never ran.
  public var ending: String?

  /// Whether the same may well succeed a little later.
  ///
  /// A server that does not forward by its own rules goes on so; one that does not reach the target may do so later.
  public var isTransient: Bool {
    failure.isTransient || (failure == .forwardRefused && !words.contains { $0.contains("prohibited") })
  }

  /// Makes an error.
  public init(_ failure: TunnelFailure, words: [String] = [], ending: String? = nil) {
    self.failure = failure
    self.words = words
    self.ending = ending
  }
}
