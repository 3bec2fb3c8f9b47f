import Views

/// The reference's page of codes, made of what `sluice explain` says of each.
enum CodesPage {
  static func page() -> String {
    var lines = [
      "# Codes", "", "What each code of a diagnostic means, why it is looked for, and what to do.", "", "## Overview",
      "",
      "`sluice explain CODE` says the same.", "",
    ]
    for family in CodePage.families {
      lines += ["## \(family.name)", ""]
      for page in family.pages { lines += describe(page) }
    }
    return lines.joined(separator: "\n")
  }

  private static func describe(_ page: CodePage) -> [String] {
    var lines = ["### \(page.code)", "", page.meaning, "", page.reason, ""]
    lines += page.reasons.map { "- `\($0.name)`: \($0.text)" }
    if !page.reasons.isEmpty { lines.append("") }
    lines += page.causes.map { "- \($0)" } + [""]
    if let mistake = page.mistake { lines += ["Wrong:", "", "```", mistake, "```", "", "Right:", ""] }
    return lines + ["```", page.repair, "```", ""]
  }
}
