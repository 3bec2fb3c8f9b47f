/// libpq's keywords and values (manual, 34.1.2), in order: a later one wins.
///
/// A `dbname` may be a whole URI or connection string; its parts then count as if they stood in its place. What prints
/// or dumps this value shows neither a password nor a URI.
public struct ConnectionParameters: Sendable, Hashable {
  private var keywords: [Pair]

  private struct Pair: Sendable, Hashable {
    var keyword: String
    var value: String
  }

  /// Makes parameters of pairs of keyword and value.
  public init(_ keywords: [(String, String)] = []) {
    self.keywords = keywords.map { Pair(keyword: $0.0, value: $0.1) }
  }

  /// The value of `keyword`, the last where it is there more than once; setting `nil` takes it out.
  public subscript(keyword: String) -> String? {
    get { keywords.last { $0.keyword == keyword }?.value }
    set {
      guard let newValue else {
        keywords.removeAll { $0.keyword == keyword }
        return
      }
      if let index = keywords.lastIndex(where: { $0.keyword == keyword }) {
        keywords[index].value = newValue
      } else {
        keywords.append(Pair(keyword: keyword, value: newValue))
      }
    }
  }

  /// What libpq gets: the pairs, and those that every connection of ours has.
  ///
  /// GSSAPI encryption is never tried, as it changes what `sslmode` means and asks a ticket cache first.
  var complete: [(keyword: String, value: String)] {
    keywords.map { ($0.keyword, $0.value) } + [
      ("fallback_application_name", "sluice"), ("client_encoding", "UTF8"), ("gssencmode", "disable"),
    ]
  }
}

extension ConnectionParameters: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  /// The keywords with those values that can hold no secret.
  public var description: String {
    keywords.map { "\($0.keyword)=\(Self.shown($0))" }.joined(separator: " ")
  }

  /// The same as `description`.
  public var debugDescription: String { description }

  /// Shows what `description` does.
  public var customMirror: Mirror {
    Mirror(self, children: keywords.map { (label: Optional($0.keyword), value: Self.shown($0) as Any) })
  }

  private static let plain: Set<String> = [
    "host", "hostaddr", "port", "user", "service", "sslmode", "application_name", "connect_timeout",
  ]

  private static func shown(_ pair: Pair) -> String {
    if plain.contains(pair.keyword) { return pair.value }
    if pair.keyword == "dbname", !pair.value.contains("="), !pair.value.contains("://") { return pair.value }
    return "***"
  }
}
