public import Catalog

/// The relations of a database that were asked for and exist, by name.
///
/// A copy in which some stand otherwise costs no more than those: a plan makes one for many of its flows, each with what
/// the steps before it do, and must not copy all tables of all flows each time.
public struct LiveTables: Sendable {
  /// A table of its own, as a copy of one has many parts to count.
  private final class Found: Sendable {
    let table: Table

    init(_ table: Table) { self.table = table }
  }

  private let found: [QualifiedName: Found]
  /// What stands in place of what was found; nothing for what is there no more.
  private var changed: [QualifiedName: Table?] = [:]

  /// Makes them.
  public init(_ found: [QualifiedName: Table] = [:]) { self.found = found.mapValues { Found($0) } }

  /// The relation called `name`, if there is one.
  public subscript(name: QualifiedName) -> Table? {
    get {
      if !changed.isEmpty, let table = changed[name] { return table }
      return found[name]?.table
    }
    set { changed[name] = .some(newValue) }
  }

  /// How many there are.
  public var count: Int {
    changed.reduce(found.count) { count, change in
      count + (change.value == nil ? 0 : 1) - (found[change.key] == nil ? 0 : 1)
    }
  }
}
