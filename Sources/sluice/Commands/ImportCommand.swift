import ArgumentParser
import Diagnostics
import Manifests
import Planning
import SystemPackage
import Views

/// `sluice import`: manifests of tables or files that exist.
struct ImportCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import", abstract: "Write flows of tables or files that exist, with their columns and keys.",
    discussion: """
      Types, keys and NOT NULL come from the tables' catalog, or are inferred from the files, as a plan would; so they can \
      be reviewed before anything is made. Flows that the project has already are left out. Tables with a primary key are \
      upserted by it, all else is truncate_insert.

      Each file is a flow; a pattern in quotes is a single one, of all files that it fits.

      Examples:
        sluice import crm --tables 'sales.*' --to warehouse --out flows/sales.yaml
        sluice import data/*.csv --out flows/files.yaml
        sluice import 'data/orders-*.csv'
      """)

  @OptionGroup var project: ProjectOptions
  @OptionGroup var output: OutputOptions
  @Argument(help: "An authorizer, with --tables; or files.", completion: .file()) var what: [String]
  @Option(
    help: ArgumentHelp(
      "Tables of the authorizer: schema.table, with * and ? for any letters; may be given several times.",
      valueName: "pattern"))
  var tables: [String] = []
  @Option(help: ArgumentHelp("The destination of the flows; default: the only one.", valueName: "destination"))
  var to: String?
  @Option(help: ArgumentHelp("The flow's name, for a single file or pattern of files.", valueName: "flow"))
  var name: String?
  @Option(
    help: ArgumentHelp("Write a new file; default: standard output.", valueName: "file"), completion: .file())
  var out: String?

  func validate() throws {
    if !tables.isEmpty, what.count != 1 { throw ValidationError("--tables wants one authorizer") }
    guard let name else { return }
    if !tables.isEmpty || what.count != 1 { throw ValidationError("--name is for a single file or pattern of files") }
    if !Address(.flow, name).isValid {
      throw ValidationError("'\(name)' is no name for a flow: lower-case letters, digits, '_', '.' and '-' make one")
    }
  }

  func run() async throws {
    let workspace = Workspace(project)
    let speaker = Speaker(output, workspace)
    do {
      let file = out.map { NewFile($0) }
      try file?.checkIsNew()
      let importer = Importer(workspace: workspace, destination: to, name: name)
      let imported = try await tables.isEmpty ? importer.files(what) : importer.tables(tables, of: what[0])
      let entries = imported.entries
      guard !entries.isEmpty else {
        speaker.document(importDocument(diagnostics: imported.diagnostics))
        return speaker.show(imported.diagnostics)
      }
      let text = FlowManifest(
        entries, root: workspace.folder, folder: file?.folder ?? workspace.folder, schema: importer.schema
      ).text
      try file?.write(text)
      speaker.document(
        importDocument(
          flows: entries.map(\.flow.name), file: out, manifest: text, diagnostics: imported.diagnostics))
      speaker.show(imported.diagnostics)
      guard let out else { return speaker.result(text) }
      speaker.note(
        "Written to \(out): \(count(entries.count, "flow")). Read it through, then:\n  \(workspace.commandLine("plan"))"
      )
    } catch let failure as Failure {
      throw speaker.stop(failure) { importDocument(diagnostics: $0) }
    }
  }
}
