import ArgumentParser
import Diagnostics
import Views
import Manifests

/// `sluice validate`: manifests only.
struct ValidateCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "validate", abstract: "Check the manifests, without a connection.",
    discussion: """
      Reads files only: it runs no program, reads no secret, opens no connection.

      Examples:
        sluice validate
        sluice validate --untrusted --output github
      """)

  @OptionGroup var project: ProjectOptions
  @OptionGroup var output: ReviewOutputOptions

  func run() async throws {
    let workspace = Workspace(project)
    let speaker = Speaker(output, workspace)
    do {
      let loaded = try workspace.load()
      speaker.document(
        validateDocument(
          valid: !loaded.hasErrors, resources: loaded.project.addresses.count, diagnostics: loaded.diagnostics))
      speaker.show(loaded.diagnostics, files: loaded.files)
      speaker.review(loaded.diagnostics, files: loaded.files)
      if loaded.hasErrors { throw ExitStatus.failed }
      speaker.note(
        "The manifests are valid: \(count(loaded.project.addresses.count, "resource")) in \(count(loaded.files, "file"))."
      )
    } catch let failure as Failure {
      throw speaker.stop(failure) { validateDocument(valid: false, resources: 0, diagnostics: $0) }
    }
  }
}

/// `1 file`, `2 files`.
func count(_ number: Int, _ noun: String) -> String { "\(number) \(noun)\(number == 1 ? "" : "s")" }
