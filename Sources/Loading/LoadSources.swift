internal import Diagnostics
internal import Manifests
internal import SystemPackage

/// A load's sources, looked at: their parts in order, and what the ledger keeps of their files.
struct LoadSources {
  /// The parts of each source; those of a `files: new` source are marked.
  struct Entry {
    var parts: [SourcePart]
    var files: [String: LedgerFile]
    var newOnly: Bool
  }

  var entries: [Entry] = []
  var allowsEmpty: Bool

  /// Looks at the files.
  ///
  /// - Throws: `source-readable`, `range-missing`.
  init(_ request: LoadRequest, _ days: LoadDays) throws(Failure) {
    allowsEmpty = request.sources.allSatisfy(\.source.allowsEmpty)
    for (number, (name, source)) in request.sources.enumerated() {
      var parts = try source.parts(under: request.root, days)
      for index in parts.indices {
        parts[index].source = number
        guard var part = parts[index].database else { continue }
        part.name = name
        part.days = days.queried
        try part.source.checkDays(part.days)
        parts[index].content = .database(part)
      }
      var entry = Entry(parts: parts, files: [:], newOnly: false)
      if case .files(let files) = source {
        entry.newOnly = request.takesNewOnly(files)
        for part in parts {
          if let file = part.file { entry.files[file.name] = try LedgerFile(file) }
        }
      }
      entries.append(entry)
    }
  }

  /// How many bytes all files have.
  var totalBytes: Int? {
    let files = entries.flatMap(\.parts).map { $0.file?.size }
    return files.contains(nil) ? nil : files.reduce(0) { $0 + ($1 ?? 0) }
  }
}
