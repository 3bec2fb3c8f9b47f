internal import Diagnostics

/// Refuses a header that names no field, names one twice, or was not taken apart by the delimiter.
func checkHeader(
  _ header: [String], places: [(line: Int, column: Int)], isQuoted: [Bool], _ dialect: Dialect, _ file: String
) throws(Failure) {
  var found: [Diagnostic] = []
  guard dialect.hasHeader else { return }
  func place(_ index: Int) -> (Int, Int) { places.indices.contains(index) ? places[index] : (1, 1) }
  if header.count == 1, isQuoted.first != true, let delimiter = likelyDelimiter(header[0], dialect) {
    let (line, column) = place(0)
    var undivided = Diagnostic.sourceReadable(
      "the header of \(file) is one field: \"\(header[0].shortened)\"", file, line: line, column: column,
      help: ["write `csv: {delimiter: \"\(delimiter)\"}` on the source"])
    undivided.reason = "header-in-one-piece"
    throw Failure(undivided)
  }
  var seen: [String: Int] = [:]
  for (index, name) in header.enumerated() {
    let (line, column) = place(index)
    if name.isEmpty {
      found.append(
        .sourceReadable(
          "field \(index + 1) of the header of \(file) has no name", file, line: line, column: column,
          help: [
            "name it in the file, or write `csv: {header: false, skipRows: \(line)}`: fields are then column1, ..."
          ]))
    } else if let first = seen[name] {
      let (firstLine, firstColumn) = place(first)
      var twice = Diagnostic.sourceReadable(
        "the header of \(file) names \"\(name)\" twice", file, line: line, column: column,
        help: [
          "rename one in the file, or write `csv: {header: false, skipRows: \(line)}`: fields are then column1, ..."
        ])
      twice.related = [
        RelatedPlace("the first one", at: Place(file: file, line: firstLine, column: firstColumn))
      ]
      found.append(twice)
    } else {
      seen[name] = index
    }
  }
  if !found.isEmpty { throw Failure(found) }
}

/// The usual delimiter that a header in one piece has most of, as manifests write it.
private func likelyDelimiter(_ header: String, _ dialect: Dialect) -> String? {
  let usual: [(Character, String)] = [(";", ";"), ("\t", "\\t"), ("|", "|"), (",", ",")]
  return usual.filter { $0.0.asciiValue != dialect.separators.delimiter }
    .map { candidate in (candidate.1, header.count { $0 == candidate.0 }) }
    .filter { $0.1 > 0 }.max { $0.1 < $1.1 }?.0
}
