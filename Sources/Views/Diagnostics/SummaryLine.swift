public import Diagnostics

extension Style {
  /// The last line of a command that has diagnostics: `3 errors, 1 warning in 2 of 140 files`.
  ///
  /// - Parameter files: how many files were read; nothing where that is of no interest.
  /// - Returns: the line; without diagnostics `no errors in 140 files`.
  public func summaryLine(of diagnostics: [Diagnostic], files: Int?) -> String {
    let errors = diagnostics.count { $0.severity == .error }
    let warnings = diagnostics.count - errors
    var counts: [String] = []
    if errors > 0 { counts.append(paint(Numbers.counted(errors, "error"), .boldRed)) }
    if warnings > 0 { counts.append(paint(Numbers.counted(warnings, "warning"), .boldYellow)) }
    if counts.isEmpty { counts.append("no errors") }

    let concerned = Set(diagnostics.compactMap { $0.place?.file }).count
    let line = counts.joined(separator: ", ")
    switch (concerned, files) {
    case (0, nil): return line
    case (0, let files?) where !diagnostics.isEmpty || files == 0: return line
    case (0, let files?): return "\(line) in \(Numbers.counted(files, "file"))"
    case (_, let files?) where files > concerned:
      return "\(line) in \(Numbers.grouped(concerned)) of \(Numbers.counted(files, "file"))"
    default: return "\(line) in \(Numbers.counted(concerned, "file"))"
    }
  }
}
