internal import Catalog
internal import Diagnostics
internal import Manifests

extension FlowContext {
  /// `source-readable`: the source can be read here, and has the fields that the columns take.
  func sourceChecks() -> [Finding] {
    guard let source else { return [] }
    let place = places.place(of: "source.path", "source", "sources")
    switch source {
    case .unreadable(let diagnostics):
      // With the columns known, the files may come later.
      let areColumnsKnown = !resolution.isOpen
      return diagnostics.map { diagnostic in
        var diagnostic = diagnostic
        diagnostic.place = diagnostic.place ?? place
        // What cannot be read at all will not be readable later either.
        let mayComeLater = areColumnsKnown && diagnostic.code != "not-supported"
        if mayComeLater { diagnostic.severity = .warning }
        return Finding(
          check: Check(.sourceReadable, mayComeLater ? .skipped : .failed, diagnostic.message),
          diagnostic: diagnostic, cause: "\(diagnostic.message) \(diagnostic.place?.description ?? "")")
      }
    case .fields(let fields):
      let missing = missingFields(of: fields.map(\.name))
      return missing.isEmpty ? [.passed(.sourceReadable, "the source has \(fields.count) fields")] : missing
    }
  }

  private func missingFields(of fields: [String]) -> [Finding] {
    let needed = spec.writeMode == .delete ? Set(key ?? []) : nil
    return resolution.missingFields.filter { needed?.contains($0.name) ?? true }.map { column in
      failed(
        .sourceReadable, "the source has no field \"\(column.from)\" for column \(column.name.sql)",
        about: "field \(column.from) of \(design.flow.name)",
        at: places.place(of: "columns.\(column.name.name).from", "columns.\(column.name.name)", "source"),
        help: suggestions(for: column.from, in: fields, called: "fields"))
    }
  }
}
