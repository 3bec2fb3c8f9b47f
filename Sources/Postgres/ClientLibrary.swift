internal import CLibPQ

/// The libpq that this program runs with.
public enum ClientLibrary {
  /// Its version: 150018 is 15.18.
  public static var version: Int { Int(PQlibVersion()) }
}
