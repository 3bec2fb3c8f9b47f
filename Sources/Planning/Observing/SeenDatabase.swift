/// A live database for all flows that go into it.
///
/// They are worked out on all cores, and a copy of the value would count up each of its maps: cores that count in the
/// same place wait for each other.
final class SeenDatabase: Sendable {
  let database: LiveDatabase

  init(_ database: LiveDatabase) { self.database = database }
}
