internal import Diagnostics

/// Gathers what the checks of all steps say, and makes one diagnostic of each cause.
struct FindingLog {
  private struct Entry {
    var diagnostic: Diagnostic
    var others: [String]
  }

  private var entries: [String: Entry] = [:]

  /// Takes `finding` of the step at `address`.
  mutating func add(_ finding: Finding, of address: String, blocks: Bool) {
    guard var diagnostic = finding.diagnostic else { return }
    if !blocks { diagnostic.severity = .warning }
    let key = "\(finding.check.id.rawValue) \(finding.cause)"
    guard let known = entries[key]?.diagnostic else {
      entries[key] = Entry(diagnostic: diagnostic, others: [])
      return
    }
    if diagnostic.severity > known.severity { entries[key]?.diagnostic.severity = diagnostic.severity }
    entries[key]?.others.append(address)
  }

  /// Takes what is wrong with one step alone.
  mutating func add(_ diagnostic: Diagnostic) {
    entries[diagnostic.message] = Entry(diagnostic: diagnostic, others: [])
  }

  /// One diagnostic a cause, sorted; it names the other steps that it concerns.
  func diagnostics() -> [Diagnostic] {
    entries.values.map { entry in
      var diagnostic = entry.diagnostic
      if !entry.others.isEmpty { diagnostic.help.append("this concerns also \(Self.list(entry.others))") }
      return diagnostic
    }.sorted()
  }

  private static func list(_ addresses: [String]) -> String {
    let shown = addresses.prefix(3).joined(separator: ", ")
    return addresses.count > 3 ? "\(shown) and \(addresses.count - 3) more" : shown
  }
}
