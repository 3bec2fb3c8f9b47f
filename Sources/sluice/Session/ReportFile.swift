import Diagnostics

/// The file that a report is written to.
struct ReportFile {
  private let file: NamedFile

  /// - Parameter name: relative to the current folder.
  init(_ name: String) { file = NamedFile(name) }

  /// Writes `text`, whole or not at all, over what is there.
  func write(_ text: String) throws(Failure) {
    do { try file.replace(with: text) } catch {
      throw Failure(
        Diagnostic(
          .error, "report-file", "cannot write the report to \(file.name): \(NamedFile.words(for: error))",
          help: ["name a file in a folder that exists and that you may write in"]))
    }
  }
}
