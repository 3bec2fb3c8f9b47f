import ArgumentParser
import Diagnostics
import SystemPackage
import Views

/// `sluice explain`: what a field, a check, a code or a word of a plan means.
struct ExplainCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "explain", abstract: "Say what a kind, field, check, code or word means, with an example.",
    discussion: """
      A kind (flow), a field (flow.writeMode, source.csv.delimiter), a setting (sluice.yaml.defaults), a check or the \
      code of a diagnostic (schema-exists), an action of a plan (adopt), a write mode (upsert). It reads no manifest.

      Examples:
        sluice explain flow.writeMode
        sluice explain schema-exists
      """)

  @OptionGroup var output: OutputOptions
  @Argument(help: "What to explain; default: a list of all topics.", completion: .custom { _, _, _ in Topics.names })
  var topic: String?

  func run() async throws {
    let speaker = Speaker(output, environment: Sluice.environment)
    guard let topic else {
      speaker.document(explainListDocument())
      await speaker.page(ExplanationView(style: speaker.terminal.output).list())
      return
    }
    let pages = Topics.explanations(of: topic)
    guard !pages.isEmpty else {
      throw speaker.stop(Failure(Topics.unknown(topic))) { explainDocument(topic, [], diagnostics: $0) }
    }
    speaker.document(explainDocument(topic, pages))
    await speaker.page(ExplanationView(style: speaker.terminal.output).text(pages))
  }
}
