/// A privilege that GRANT gives.
public enum Privilege: String, Hashable, Sendable, Codable, CaseIterable, Comparable {
  case select = "SELECT"
  case insert = "INSERT"
  case update = "UPDATE"
  case delete = "DELETE"
  case truncate = "TRUNCATE"
  case usage = "USAGE"
  case create = "CREATE"
  case connect = "CONNECT"
  case temporary = "TEMPORARY"

  /// In the order in which GRANT's manual page lists them.
  public static func < (left: Privilege, right: Privilege) -> Bool { left.rank < right.rank }

  private var rank: Int { Self.allCases.firstIndex(of: self) ?? 0 }
}
