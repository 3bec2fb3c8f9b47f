internal import Catalog
public import Planning

/// Writes an ``OwnerScript`` for psql.
///
/// Names and values stand in it as SQL quotes them, where psql looks for no variables and no commands of its own;
/// expressions of the manifests, which may hold anything, stand in DO blocks, between dollar quotes.
public struct OwnerScriptText {
  /// The project's name.
  public var project: String

  /// Makes a writer.
  public init(project: String) { self.project = project }

  /// The script, no newline at its end.
  public func text(_ script: OwnerScript) -> String {
    var blocks = [head(script)]
    blocks += script.leftOut.map { flow, reasons in
      sqlComment("\(flow) is left out, as no SQL helps it:\n" + reasons.map { "  \($0)" }.joined(separator: "\n"))
    }
    if script.parts.isEmpty {
      blocks.append(sqlComment("Nothing is to be done."))
    } else {
      blocks.append(Self.settings)
      let isOnly = script.parts.count == 1
      blocks += script.parts.map { isOnly ? guarded(only: $0) : guarded($0) }
    }
    blocks += script.transformations.map { flow, statement in
      sqlComment("What loads of \(flow) select of its staged sources:\n\n\(statement)")
    }
    return showingHidden(in: blocks.joined(separator: "\n\n"))
  }

  private func head(_ script: OwnerScript) -> String {
    var text = """
      What the flows of project \(project) need: tables, indexes, ledgers, and the privileges to load into them.

      Run it with psql (-f), as a superuser or as the owner of the schemas, in each database that it is for. It may be
      run again: what is there stays as it is. What it makes belongs to the role that runs it; the flows' roles are
      granted what loads need, and no CREATE. After it, `sluice plan` adopts all of it.
      """
    if script.parts.contains(where: { $0.operations.contains { $0.thing.needsOwnTransaction } }) {
      text += """


        Not with --single-transaction: on tables that have rows, indexes are built CONCURRENTLY, which keeps nobody from
        writing meanwhile, and which no transaction can hold.
        """
    }
    return sqlComment(text)
  }

  /// Those that apply works with: a default's value means the same.
  private static let settings = """
    \\set ON_ERROR_STOP on
    SET client_encoding = 'UTF8';
    SET client_min_messages = warning;
    SET standard_conforming_strings = on;
    SET search_path = pg_catalog;
    SET TimeZone = 'UTC';
    SET DateStyle = 'ISO, YMD';
    SET IntervalStyle = 'postgres';
    """

  /// A script for one database refuses to run in another.
  private func guarded(only part: OwnerScript.Part) -> String {
    let name = Literal(part.database.name).sql
    let check = doBlock(
      """
        IF current_database() <> \(name) THEN
          RAISE EXCEPTION 'this script is for another database than %', current_database();
        END IF;
      """)
    return check + "\n\n" + body(part)
  }

  /// A script for several databases is run in each, and does there what is for it.
  private func guarded(_ part: OwnerScript.Part) -> String {
    """
    \(sqlComment("Database \(part.database)"))
    SELECT current_database() = \(Literal(part.database.name).sql) AS sluice_is_here \\gset
    \\if :sluice_is_here

    \(body(part))

    \\else
    \\echo 'Skipped: a part for another database.'
    \\endif
    """
  }

  private func body(_ part: OwnerScript.Part) -> String {
    var blocks: [String] = [
      "BEGIN;\n-- Rather than keep others waiting behind it, it gives up: run it again then.\nSET LOCAL lock_timeout = '5s';"
    ]
    blocks += part.roles.map { made in
      sqlComment("There is no role \(made.thing), which `grantSelect` of \(sqlList(made.flows)) names.") + "\n"
        + doBlock(
          """
            IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = \(Literal(made.thing.name).sql)) THEN
              CREATE ROLE \(made.thing.sql);
            END IF;
          """)
    }
    blocks += part.schemas.map { made in
      sqlComment("There is no schema \(made.thing), where tables or the ledger of \(sqlList(made.flows)) stand.")
        + "\nCREATE SCHEMA IF NOT EXISTS \(made.thing.sql);"
    }
    blocks += part.operations.filter { !$0.thing.needsOwnTransaction }.map { made in
      sqlComment(sqlList(made.flows)) + "\n" + made.thing.rerunnable.joined(separator: "\n")
    }
    if !part.grants.isEmpty { blocks.append(part.grants.commented.joined(separator: "\n")) }
    blocks.append("COMMIT;")
    let later = part.operations.filter { $0.thing.needsOwnTransaction }
    if !later.isEmpty { blocks.append("SET lock_timeout = 0;") }
    blocks += later.map { made in
      sqlComment(sqlList(made.flows)) + "\n" + made.thing.rerunnable.joined(separator: "\n")
    }
    return showingHidden(in: blocks.joined(separator: "\n\n"))
  }
}
