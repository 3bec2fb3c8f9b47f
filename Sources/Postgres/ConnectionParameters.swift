public import Secrets

/// libpq's keywords and values (manual, 34.1.2), in order: a later one wins.
///
/// What prints or dumps this value shows neither a password nor a URL.
public struct ConnectionParameters: Sendable, Hashable {
  private var defaults: [Pair] = []
  private var keywords: [Pair] = []

  /// A whole URI or connection string; what it says goes before defaults and after keywords.
  ///
  /// It alone is taken apart. A `dbname` is the name of a database, whatever it looks like: libpq would take one such as
  /// `host=elsewhere` for a connection string.
  public var url: Secret?

  private struct Pair: Sendable, Hashable {
    var keyword: String
    var value: Value
  }

  private enum Value: Sendable, Hashable {
    case plain(String)
    case secret(Secret)
  }

  /// Makes parameters of pairs of keyword and value.
  public init(_ keywords: [(String, String)] = []) {
    self.keywords = keywords.map { Pair(keyword: $0.0, value: Self.value($0.1, of: $0.0)) }
  }

  /// Makes parameters of a URI or a connection string.
  public init(url: Secret) { self.url = url }

  /// The value of `keyword`, the last where it is there more than once, else its default, and nothing for a secret's;
  /// setting `nil` takes it out.
  public subscript(keyword: String) -> String? {
    get {
      let pair = keywords.last { $0.keyword == keyword } ?? defaults.last { $0.keyword == keyword }
      guard case .plain(let text)? = pair?.value else { return nil }
      return text
    }
    set { Self.set(keyword, newValue.map { Self.value($0, of: keyword) }, in: &keywords) }
  }

  /// Whether `keyword` has a value, be it a secret's, by itself or as a default.
  func has(_ keyword: String) -> Bool { (keywords + defaults).contains { $0.keyword == keyword } }

  /// Sets the password.
  public mutating func setPassword(_ password: Secret) { Self.set("password", .secret(password), in: &keywords) }

  /// Sets what counts where neither the URL nor a keyword says otherwise.
  public mutating func setDefault(_ keyword: String, _ value: String?) {
    Self.set(keyword, value.map { Self.value($0, of: keyword) }, in: &defaults)
  }

  private static func set(_ keyword: String, _ value: Value?, in pairs: inout [Pair]) {
    guard let value else { return pairs.removeAll { $0.keyword == keyword } }
    if let index = pairs.lastIndex(where: { $0.keyword == keyword }) {
      pairs[index].value = value
    } else {
      pairs.append(Pair(keyword: keyword, value: value))
    }
  }

  private static func value(_ text: String, of keyword: String) -> Value {
    secret.contains(keyword) ? .secret(Secret(text)) : .plain(text)
  }

  private static let secret: Set<String> = ["password", "sslpassword"]

  /// What libpq gets: those that every connection of ours has unless it says otherwise, the pairs, and those that it has
  /// in any case.
  ///
  /// A server that is gone without a word is noticed within two minutes, where the system's own keepalives take two
  /// hours. GSSAPI encryption is never tried, as it changes what `sslmode` means and asks a ticket cache first.
  ///
  /// To be given to libpq alone: the values are as they are. The first `dbname` is the URL, where there is one.
  var complete: [(keyword: String, value: String)] {
    var pairs = [
      ("fallback_application_name", "sluice"), ("keepalives_idle", "60"), ("keepalives_interval", "10"),
      ("keepalives_count", "6"),
    ]
    pairs += defaults.map { ($0.keyword, Self.text($0.value)) }
    if let url { pairs.append(("dbname", url.reveal { $0 })) }
    pairs += keywords.map { ($0.keyword, Self.text($0.value)) }
    return pairs + [("client_encoding", "UTF8"), ("gssencmode", "disable")]
  }

  private static func text(_ value: Value) -> String {
    switch value {
    case .plain(let text): text
    case .secret(let secret): secret.reveal { $0 }
    }
  }
}

extension ConnectionParameters: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  /// The keywords with those values that can hold no secret.
  public var description: String { shown.map { "\($0.keyword)=\($0.value)" }.joined(separator: " ") }

  /// The same as `description`.
  public var debugDescription: String { description }

  /// Shows what `description` does.
  public var customMirror: Mirror {
    Mirror(self, children: shown.map { (label: Optional($0.keyword), value: $0.value as Any) })
  }

  private var shown: [(keyword: String, value: String)] {
    (url == nil ? [] : [("url", Redaction.mark)])
      + (defaults + keywords).map { ($0.keyword, Self.shown($0)) }
  }

  private static func shown(_ pair: Pair) -> String {
    let text = text(pair.value)
    // A URL that was taken for the name of a database.
    return plain.contains(pair.keyword) && !text.contains("=") && !text.contains("://") ? text : Redaction.mark
  }

  private static let plain: Set<String> = [
    "host", "hostaddr", "port", "user", "dbname", "service", "sslmode", "application_name", "fallback_application_name",
    "connect_timeout",
  ]
}
