internal import JSON

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
      File(path: "\(Self.schemaFolder)/manifest.schema.json", text: JSONSchema.manifest().text(.document) + "\n"),
      File(path: "\(Self.schemaFolder)/sluice.schema.json", text: JSONSchema.project().text(.document) + "\n"),
    ]
  }

  /// Hidden, so that no manifests are looked for in it.
  private static let schemaFolder = ".schemas"

  private static func modeline(_ schema: String) -> String {
    "# yaml-language-server: $schema=\(schemaFolder)/\(schema).schema.json\n"
  }

  private var settings: String {
    """
    \(Self.modeline("sluice"))sluice: v1
    project: \(Self.scalar(name))

    """
  }

  private var connections: String {
    let authorizer =
      switch connection {
      case .url(let variable):
        """
            # A secret is never written here: the variable holds postgresql://user:password@host/database.
            url: {env: \(Self.scalar(variable))}
        """
      case .parts(let host, let port, let database, let username, let password):
        """
            host: \(Self.scalar(host))
            port: \(port)
            database: \(Self.scalar(database))
            username: \(Self.scalar(username))
            # A secret is never written here: this names the environment variable that holds it.
            password: {env: \(Self.scalar(password))}
            # disable, prefer, require, verify-ca or verify-full
            tls: prefer
        """
      }
    return """
      \(Self.modeline("manifest"))authorizers:
        warehouse:
      \(authorizer)

      destinations:
        warehouse:
          authorizer: warehouse
          defaultSchema: \(Self.scalar(schema))

      """
  }

  private static let flows = """
    \(modeline("manifest"))flows:
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

  /// `text` as YAML takes it for just that text.
  private static func scalar(_ text: String) -> String {
    let isPlain =
      text.utf8.first.map { UInt8(ascii: "A")...UInt8(ascii: "z") ~= $0 && $0 != UInt8(ascii: "_") } ?? false
      && text.isPlain(and: "_.-")
    let isWord = ["true", "false", "null", "yes", "no", "on", "off"].contains(text.lowercased())
    return isPlain && !isWord ? text : JSONValue.string(text).text(.line)
  }

  /// `text` as a project's name may be: `My Shop` becomes `my-shop`; `project` where nothing of it may stay.
  public static func name(from text: String) -> String {
    var name = ""
    for scalar in text.lowercased().unicodeScalars {
      switch scalar {
      case "a"..."z", "0"..."9", "_", ".": name.unicodeScalars.append(scalar)
      default: if !name.isEmpty, !name.hasSuffix("-") { name += "-" }
      }
    }
    name = String(name.drop { "_.-".contains($0) }.prefix(63))
    while let last = name.last, "_.-".contains(last) { name.removeLast() }
    return name.isEmpty ? "project" : name
  }
}
