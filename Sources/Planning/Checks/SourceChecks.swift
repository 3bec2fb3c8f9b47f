internal import Catalog
internal import Diagnostics
internal import Manifests

extension FlowContext {
  /// `source-readable`: the source can be read here, and has the fields that the columns take.
  func sourceChecks() -> [Finding] {
    guard let source else { return [] }
    let place = places.place(of: "source.path", "source.command", "source", "sources")
    switch source {
    case .unreadable(let diagnostics):
      // With the columns known, the files may come later.
      let areColumnsKnown = !resolution.isOpen && !lacksInputs
      return diagnostics.map { diagnostic in
        var diagnostic = diagnostic
        // What cannot be read at all will not be readable later either.
        let isLasting =
          diagnostic.code == "source-encoding" || diagnostic.reason == "header-in-one-piece"
        let mayComeLater = areColumnsKnown && !isLasting
        if diagnostic.code == "source-encoding" {
          diagnostic.code = Check.ID.sourceReadable.rawValue
          diagnostic.place = places.place(of: "source.csv.encoding", "source", "sources")
        }
        diagnostic.place = diagnostic.place ?? place
        if mayComeLater { diagnostic.severity = .warning }
        return Finding(
          check: Check(.sourceReadable, mayComeLater ? .skipped : .failed, diagnostic.message),
          diagnostic: diagnostic, cause: "\(diagnostic.message) \(diagnostic.place?.description ?? "")")
      }
    case .fields(let fields):
      let missing = noFields(of: fields.map(\.name)).map { [$0] } ?? missingFields(of: fields.map(\.name))
      return missing.isEmpty ? [.passed(.sourceReadable, "the source has \(fields.count) fields")] : missing
    }
  }

  /// Where the source has none of several fields: another source, or no header, is the one cause of it.
  private func noFields(of fields: [String]) -> Finding? {
    let wanted = resolution.columns.filter { !$0.from.hasPrefix("$") }
    guard wanted.count > 1, resolution.missingFields.count == wanted.count, spec.writeMode != .delete,
      !design.sources.contains(where: { $0.source.hasObjects }),
      wanted.allSatisfy({ nearest(to: $0.from, in: fields) == nil })
    else { return nil }
    let names = wanted.map(\.from).joined(separator: ", ")
    let isFile = design.sources.contains { $0.source.isDelimited }
    return failed(
      .sourceReadable, "the source has none of the fields that the columns take: \(names)",
      about: "fields of \(design.flow.name)",
      at: places.place(of: "source.path", "source.command", "source", "sources"),
      help: [
        "fields: \(fields.joined(separator: ", "))"
      ]
        + (isFile
          ? [
            "where those are a row already, write `csv: {header: false}`: fields are then column1, column2, ..., for `from:`"
          ] : []))
  }

  private func missingFields(of fields: [String]) -> [Finding] {
    let needed = spec.writeMode == .delete ? Set(key ?? []) : nil
    // An object may leave a field out, which is NULL then, so the next one may have what none had so far.
    let mayComeLater = design.sources.contains { $0.source.hasObjects }
    return resolution.missingFields.filter { needed?.contains($0.name) ?? true }.map { column in
      let message = "the source has no field \"\(column.from)\" for column \(column.name.sql)"
      let about = "field \(column.from) of \(design.flow.name)"
      let place = places.place(of: "columns.\(column.name.name).from", "columns.\(column.name.name)", "source")
      let help = suggestions(for: column.from, in: fields, called: "fields")
      if mayComeLater {
        return .warning(
          .sourceReadable, "\(message) in its first objects", cause: about, at: place, help: help)
      }
      return failed(.sourceReadable, message, about: about, at: place, help: help)
    }
  }
}
