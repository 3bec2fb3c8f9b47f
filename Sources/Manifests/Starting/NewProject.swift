internal import JSON
internal import YAML

/// A small project to begin with: one authorizer, one destination, and one flow of a file that comes with it.
public struct NewProject: Sendable {
  /// How to connect.
  public enum Connection: Sendable, Equatable {
    /// By a URL in this environment variable.
    case url(variable: String)
    /// By its parts; the password is in the environment variable.
    case parts(host: String, port: Int, database: String, username: String, passwordVariable: String)
  }

  /// The project's name, part of the ledger's key.
  public var name: String
  public var connection: Connection
  /// The schema of its tables.
  public var schema: String

  /// Makes a project.
  public init(name: String, connection: Connection, schema: String) {
    self.name = name
    self.connection = connection
    self.schema = schema
  }

  /// A file of the project.
  public struct File: Sendable, Equatable {
    /// Relative to the project's folder.
    public var path: String
    public var text: String
  }

  /// Its files. The schemas let an editor with the YAML language server complete and explain what is written.
  public var files: [File] {
    [
      File(path: "sluice.yaml", text: settings),
      File(path: "connections.yaml", text: connections),
      File(path: "flows.yaml", text: Self.flows),
      File(path: "data/people.csv", text: Self.people),
      File(path: ".gitignore", text: Self.ignored),
      File(path: Self.schema, text: JSONSchema.manifest().text(.document) + "\n"),
      File(path: "\(Self.schemaFolder)/sluice.schema.json", text: JSONSchema.project().text(.document) + "\n"),
    ]
  }

  /// Hidden, so that no manifests are looked for in it.
  private static let schemaFolder = ".schemas"

  /// The schema of manifests, relative to the project.
  public static let schema = "\(schemaFolder)/manifest.schema.json"

  /// What tells an editor where a file's schema is.
  static func modeline(_ schema: String) -> String { "# yaml-language-server: $schema=\(schema)\n" }

  private var settings: String {
    """
    \(Self.modeline("\(Self.schemaFolder)/sluice.schema.json"))sluice: v1
    project: \(Scalar.written(name))

    """
  }

  private var connections: String {
    let authorizer =
      switch connection {
      case .url(let variable):
        """
            # A secret is never written here: the variable holds postgresql://user:password@host/database.
            url: {env: \(Scalar.written(variable))}
        """
      case .parts(let host, let port, let database, let username, let password):
        """
            host: \(Scalar.written(host))
            port: \(port)
            database: \(Scalar.written(database))
            username: \(Scalar.written(username))
            # A secret is never written here: this names the environment variable that holds it.
            password: {env: \(Scalar.written(password))}
            # disable, prefer, require, verify-ca or verify-full
            tls: prefer
        """
      }
    return """
      \(Self.modeline(Self.schema))authorizers:
        warehouse:
      \(authorizer)

      destinations:
        warehouse:
          authorizer: warehouse
          defaultSchema: \(Scalar.written(schema))

      """
  }

  private static let flows = """
    \(modeline(schema))flows:
      people:
        source: {path: data/people.csv}
        destination: warehouse
        # insert, insert_ignore, truncate_insert, upsert or delete
        writeMode: upsert
        key: [id]
        columns:
          id: bigint
          name: {type: text, nullable: false}
          born: date
          email: text

    """

  private static let people = """
    id,name,born,email
    1,Ada Lovelace,1815-12-10,ada@example.com
    2,"Hopper, Grace",1906-12-09,grace@example.com
    3,Žofie Nováková,1990-05-01,

    """

  private static let ignored = """
    # Rejects and the sandbox's data; may be wiped at any time. The state, sluice.state.json, may be committed.
    .sluice/

    """

  /// `text` as a project's name may be: `My Shop` becomes `my-shop`; `project` where nothing of it may stay.
  public static func name(from text: String) -> String {
    let name = ResourceName.made(from: text, joint: "-", keeping: "_.")
    return name.isEmpty ? "project" : name
  }
}
