public import Diagnostics

/// The diagnostics as GitHub's workflow commands, a line each: the runner shows them beside the lines of a pull request.
///
///     ::error file=flows/orders.yaml,line=4,endLine=4,col=12,endColumn=18,title=schema-exists::schema "dbo" ...
public func gitHubAnnotations(_ diagnostics: [Diagnostic]) -> String {
  diagnostics.map(annotation).joined(separator: "\n")
}

private func annotation(_ diagnostic: Diagnostic) -> String {
  var properties: [(name: String, value: String)] = []
  if let place = diagnostic.place {
    properties = [("file", place.file), ("line", String(place.line)), ("endLine", String(place.endLine))]
    // GitHub knows columns only within one line.
    if place.line == place.endLine {
      properties += [("col", String(place.column)), ("endColumn", String(place.endColumn))]
    }
  }
  properties.append(("title", diagnostic.code))
  let list = properties.map { "\($0.name)=\(escaped($0.value, also: [":", ","]))" }.joined(separator: ",")
  let lines = [diagnostic.message] + diagnostic.help.map { "help: \($0)" }
  let message = lines.joined(separator: "\n").printable(keepingNewlines: true)
  return "::\(diagnostic.severity.rawValue) \(list)::\(escaped(message, also: []))"
}

/// What the runner reads back as `text`: its own escapes (actions/toolkit, `command.ts`), so that no text begins a
/// command of its own.
private func escaped(_ text: String, also others: Set<Unicode.Scalar>) -> String {
  text.unicodeScalars.reduce(into: "") { result, scalar in
    guard scalar == "%" || scalar == "\r" || scalar == "\n" || others.contains(scalar) else {
      result.unicodeScalars.append(scalar)
      return
    }
    let digits = String(scalar.value, radix: 16, uppercase: true)
    result += (digits.count == 1 ? "%0" : "%") + digits
  }
}

/// What is worth knowing of a run as a whole, as a workflow command of GitHub.
public func gitHubNotice(_ text: String, title: String) -> String {
  "::notice title=\(escaped(title, also: [":", ","]))::\(escaped(text.printable(keepingNewlines: true), also: []))"
}
