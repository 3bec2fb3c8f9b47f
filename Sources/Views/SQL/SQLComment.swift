/// SQL comments, a line each; nothing in `text` ends one early or is obeyed by a terminal.
///
/// psql looks for neither variables nor commands in a comment.
func sqlComment(_ text: String) -> String {
  text.printableLines.map { $0.isEmpty ? "--" : "-- \($0)" }.joined(separator: "\n")
}

/// Some addresses, and how many more there are.
func sqlList(_ addresses: [String]) -> String {
  let shown = addresses.prefix(3).joined(separator: ", ")
  return addresses.count > 3 ? "\(shown) and \(addresses.count - 3) more" : shown
}
