internal import JSON

/// The layouts that the state ever had, as the steps from each one to the next.
struct StateLayout: Sendable {
  /// Makes content of the next layout from that of one; nothing where the content is not of its layout.
  typealias Migration = @Sendable (JSONValue) -> JSONValue?

  /// The first one leads from layout 1 to layout 2.
  var migrations: [Migration]

  /// The layout that is written.
  var version: Int { migrations.count + 1 }

  /// The one of this version of Sluice.
  static let current = StateLayout(migrations: [])

  /// `content`, of layout `version`, in the layout that is written.
  func migrate(_ content: JSONValue, from version: Int) -> JSONValue? {
    migrations.dropFirst(version - 1).reduce(content as JSONValue?) { content, migrate in content.flatMap(migrate) }
  }
}
