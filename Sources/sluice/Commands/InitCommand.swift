import ArgumentParser
import Diagnostics
import JSON
import Manifests
import SystemPackage
import Views

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// `sluice init`: a small project to begin with.
struct InitCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "init", abstract: "Make a small project that works with --sandbox at once.",
    discussion: """
      On a terminal it asks for what no option says; an empty answer takes what stands in brackets. Without a terminal, \
      and with --yes, nothing is asked. No file that is there is overwritten.

      Example:
        sluice init shop --yes
        cd shop
        sluice run --apply --yes --sandbox
      """)

  @OptionGroup var location: LocationOptions
  @OptionGroup var output: OutputOptions
  @Argument(help: "The project's folder, made where it is missing.", completion: .directory) var folder = "."
  @Option(help: ArgumentHelp("The project's name; default: the folder's.", valueName: "name")) var name: String?
  @Option(
    help: ArgumentHelp("The database's server; without it, the url is in an environment variable.", valueName: "host"))
  var host: String?
  @Option(help: ArgumentHelp("The server's port.", valueName: "port")) var port = 5432
  @Option(help: ArgumentHelp("The database.", valueName: "name")) var database: String?
  @Option(help: ArgumentHelp("The role that connects.", valueName: "role")) var username: String?
  @Option(help: ArgumentHelp("The schema of new tables.", valueName: "name")) var schema: String?
  @Flag(help: "Ask nothing.") var yes = false

  func validate() throws {
    if !(1...65_535).contains(port) { throw ValidationError("--port wants a number from 1 to 65535") }
  }

  func run() async throws {
    let options = try ProjectOptions.parse(["-C", location.directory])
    let workspace = Workspace(options)
    let speaker = Speaker(output, workspace)
    let root = workspace.folder.pushing(FilePath(folder)).lexicallyNormalized()
    do {
      let project = try answers(NewProject.name(from: root.lastComponent?.string ?? ""), speaker)
      try write(project, to: root)
      speaker.document(["formatVersion": 1, "files": .array(project.files.map { .string($0.path) })])
      speaker.result("Made in \(folder):\n" + project.files.map { "  \($0.path)" }.joined(separator: "\n"))
      speaker.note(next(workspace))
    } catch let failure as Failure {
      throw speaker.stop(failure) { ["formatVersion": 1, "diagnostics": .array($0.map(diagnosticJSON))] }
    }
  }

  // MARK: Asking

  private func answers(_ named: String, _ speaker: Speaker) throws -> NewProject {
    let asks = !yes && speaker.isHuman && speaker.terminal.isInteractive
    func answer(_ question: String, _ given: String?, _ standard: String) throws -> String {
      if let given { return given }
      guard asks else { return standard }
      let shown = standard.isEmpty ? "" : " [\(standard)]"
      guard let line = speaker.terminal.ask("\(question)\(shown): ") else { throw CancellationError() }
      let text = line.trimmingPrefix { $0.isWhitespace }
      return text.isEmpty ? standard : String(text)
    }
    let name = try NewProject.name(from: answer("Project's name", name, named))
    let server = try answer("Database's server (empty: its url is in the variable DATABASE_URL)", host, "")
    let connection: NewProject.Connection =
      if server.isEmpty {
        .url(variable: "DATABASE_URL")
      } else {
        .parts(
          host: server, port: port, database: try answer("Database", database, name),
          username: try answer("Role", username, "loader"), passwordVariable: "WAREHOUSE_PASSWORD")
      }
    return NewProject(name: name, connection: connection, schema: try answer("Schema of new tables", schema, "public"))
  }

  private func next(_ workspace: Workspace) -> String {
    let path = location.directory == "." ? folder : "\(location.directory)/\(folder)"
    let enter = folder == "." && location.directory == "." ? "" : "  cd \(workspace.quoted(path))\n"
    return """

      Next, in a private PostgreSQL cluster that needs no server and no password:
      \(enter)  sluice plan --sandbox
        sluice apply --sandbox
        sluice run --sandbox
        sluice sandbox psql -- -c 'TABLE people'
      """
  }

  // MARK: Writing

  private func write(_ project: NewProject, to root: FilePath) throws {
    let there = project.files.map(\.path).filter { FileManager.default.fileExists(atPath: root.appending($0).string) }
    guard there.isEmpty else {
      throw Failure(
        Diagnostic(
          .error, "init-exists", "\(folder) has \(there.joined(separator: ", ")) already; nothing was written",
          help: ["give another folder: `sluice init shop`"]))
    }
    do {
      for file in project.files {
        let path = root.pushing(FilePath(file.path))
        try FileManager.default.createDirectory(
          atPath: path.removingLastComponent().string, withIntermediateDirectories: true)
        let descriptor = try FileDescriptor.open(
          path, .writeOnly, options: [.create, .exclusiveCreate, .closeOnExec],
          permissions: [.ownerReadWrite, .groupRead, .otherRead])
        try descriptor.closeAfter { _ = try descriptor.writeAll(file.text.utf8) }
      }
    } catch {
      throw Failure(Diagnostic(.error, "init-unwritable", "\(root) cannot be written: \(NamedFile.words(for: error))"))
    }
  }
}
