internal import Catalog
public import Planning

/// Writes the grants of a project's authorizers as SQL, with comments for the people who run it.
public struct GrantsScript {
  /// The project's name.
  public var project: String
  /// Whether what the roles have is left out.
  public var onlyMissing: Bool

  /// Makes a writer.
  public init(project: String, onlyMissing: Bool) {
    self.project = project
    self.onlyMissing = onlyMissing
  }

  /// The script, no newline at its end.
  public func text(_ authorizers: [AuthorizerGrants]) -> String {
    let head = sqlComment(
      """
      The privileges that the flows of project \(project) need\(onlyMissing ? " and do not have" : ""), and no more.
      For a superuser, or for the owners of what is granted on. To run it again changes nothing.
      """)
    let parts =
      authorizers.isEmpty ? [sqlComment("No flow writes to a database or reads from one.")] : authorizers.map(part)
    return showingHidden(in: ([head] + parts).joined(separator: "\n\n"))
  }

  private func part(_ authorizer: AuthorizerGrants) -> String {
    var lines = [
      sqlComment("authorizer/\(authorizer.authorizer): role \(authorizer.role), in database \(authorizer.database)")
    ]
    if authorizer.isSuperuser { lines.append(sqlComment("The role is a superuser, who needs none of this.")) }
    if !authorizer.isObserved {
      lines.append(
        sqlComment(
          """
          It could not be connected to: this is for a database that has the schemas and no tables.
          When it can, `sluice grants --missing` prints what is left.
          """))
    }
    for schema in authorizer.missingSchemas {
      lines.append(sqlComment("Schema \(schema) does not exist: nothing can be granted on it."))
    }
    if !authorizer.unknownQueries.isEmpty {
      lines.append(
        sqlComment(
          "\(sqlList(authorizer.unknownQueries)): the tables of the query are not known here; each wants SELECT, and USAGE on its schema."
        ))
    }
    if authorizer.grants.isEmpty { lines.append(sqlComment("Nothing is to be granted.")) }
    return (lines + authorizer.grants.commented).joined(separator: "\n")
  }
}

extension [Grant] {
  /// The statements, below comments that say which flows need them; what one comment holds for stands below one.
  var commented: [String] {
    var lines: [String] = []
    var last = ""
    for grant in self {
      let comment = sqlComment("\(sqlList(grant.flows))\(grant.object.note)")
      if comment != last { lines.append(comment) }
      last = comment
      lines.append(grant.statement)
    }
    return lines
  }
}

extension Requirement.Object {
  /// Why it is granted, where that is not plain to see.
  fileprivate var note: String {
    switch self {
    case .tables(let maker, let schema): ": on what role \(maker) will make in schema \(schema)"
    case .role: ": statements run as this role"
    case .database, .schema, .table: ""
    }
  }
}
