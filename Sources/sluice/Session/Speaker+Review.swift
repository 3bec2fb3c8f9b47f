import Diagnostics
import JSON
import Planning
import Views

extension Speaker {
  /// Prints diagnostics as reviews of changes want them, where that is what is wanted.
  ///
  /// - Parameter files: how many files were looked at, where that means something.
  func review(_ diagnostics: [Diagnostic], files: Int? = nil) {
    switch format {
    case .human, .json: break
    case .markdown: Console.result(MarkdownView(source: source(for: diagnostics)).text(diagnostics, files: files))
    case .github: annotate(diagnostics)
    case .sarif: log(diagnostics)
    }
  }

  /// Prints a plan as reviews of changes want it, where that is what is wanted.
  func review(_ plan: Plan) {
    switch format {
    case .human, .json: break
    case .markdown: Console.result(MarkdownView(source: source(for: plan.diagnostics)).text(plan))
    case .github:
      annotate(plan.diagnostics)
      Console.result(gitHubNotice(PlanView(style: .plain).summaryLine(plan.summary), title: "sluice plan"))
    case .sarif: log(plan.diagnostics)
    }
  }

  private func annotate(_ diagnostics: [Diagnostic]) {
    if !diagnostics.isEmpty { Console.result(gitHubAnnotations(diagnostics.map(inRepository))) }
  }

  private func log(_ diagnostics: [Diagnostic]) {
    Console.result(sarifDocument(diagnostics.map(inRepository), toolVersion: Sluice.version).text(.document))
  }

  /// `diagnostic` with its files as they are called from where the command was started, which is the repository's root.
  private func inRepository(_ diagnostic: Diagnostic) -> Diagnostic {
    guard directory != ".", !directory.hasPrefix("/") else { return diagnostic }
    func moved(_ place: Place) -> Place {
      var place = place
      if !place.file.hasPrefix("/") { place.file = "\(directory)/\(place.file)" }
      return place
    }
    var diagnostic = diagnostic
    diagnostic.place = diagnostic.place.map(moved)
    for index in diagnostic.related.indices { diagnostic.related[index].place = moved(diagnostic.related[index].place) }
    return diagnostic
  }
}
