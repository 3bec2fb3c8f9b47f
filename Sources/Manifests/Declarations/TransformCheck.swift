internal import Catalog
internal import Diagnostics

/// Looks at a flow's steps side by side: what they are called, what they read, whether all of it is used.
enum TransformCheck {
  /// What a flow's single source is called where it is written within the flow.
  static let onlySource = "source"

  static func check(_ flow: Flow, _ given: Given, _ reading: inout Reading) {
    guard !flow.transform.isEmpty, !given.isBroken("transform") else { return }
    guard !given.isBroken("source"), !given.isBroken("sources") else { return }
    let inputs = flow.inputNames
    var known = inputs
    var used: Set<String> = []
    for (index, step) in flow.transform.enumerated() {
      let path = "transform[\(index)]"
      for (place, name) in step.inputs {
        used.insert(name)
        guard !known.contains(name) else { continue }
        unknown(name, at: "\(path).\(place)", of: step, known, flow, &reading)
      }
      if let sql = step.sql {
        // What a SELECT reads is found by the server; here a word that is an input's name is enough.
        used.formUnion(known.filter { SQLLexer.mentions(Identifier($0), in: sql) })
        if let problem = SQLShape.problem(of: sql) {
          reading.report(Diagnostic(.error, "sql-step", problem, at: reading.place(of: "\(path).sql") ?? given.place))
        }
      }
      if known.contains(step.name) { duplicate(step, at: "\(path).name", inputs, &reading) }
      known.append(step.name)
    }
    metadata(flow, &reading)
    // A name that is unknown, or given twice, may be what was meant by one that nobody uses.
    guard reading.errorCount == 0 else { return }
    for (index, step) in flow.transform.dropLast().enumerated() where !used.contains(step.name) {
      unused("step", step.name, at: "transform[\(index)].name", &reading)
    }
    for input in flow.inputs {
      let name = flow.name(of: input)
      guard !used.contains(name) else { continue }
      unused("source", name, at: input.name.map { "sources.\($0)" } ?? "source", &reading)
    }
  }

  private static func unknown(
    _ name: String, at path: String, of step: TransformStep, _ known: [String], _ flow: Flow, _ reading: inout Reading
  ) {
    guard let place = reading.place(of: path) else { return }
    let isLater = flow.transform.contains { $0.name == name }
    let help =
      name == step.name
      ? ["a step reads sources and steps before it"]
      : isLater ? ["steps read those before them: write it above this one"] : []
    reading.report(
      Diagnostic(
        .error, "unknown-input",
        isLater
          ? "step `\(name)` does not stand before this one" : "there is no source and no step `\(name)` in this flow",
        at: place, help: help.isEmpty ? suggestions(for: name, in: known, called: "inputs here") : help))
  }

  private static func duplicate(
    _ step: TransformStep, at path: String, _ inputs: [String], _ reading: inout Reading
  ) {
    guard let place = reading.place(of: path) else { return }
    let isSource = inputs.contains(step.name)
    reading.report(
      Diagnostic(
        .error, "duplicate-name", "\(isSource ? "a source" : "another step") of this flow is called `\(step.name)`",
        at: place, help: ["choose another name"]))
  }

  private static func unused(_ kind: String, _ name: String, at path: String, _ reading: inout Reading) {
    guard let place = reading.place(of: path) else { return }
    reading.report(
      Diagnostic(
        .error, "unused-input", "no step uses \(kind) `\(name)`", at: place,
        help: ["the last step's rows are what is loaded: use `\(name)` in a step on the way there, or remove it"]))
  }

  /// A row that a step makes stands in no file.
  private static func metadata(_ flow: Flow, _ reading: inout Reading) {
    for column in flow.columns?.columns ?? [] where ["$file", "$line"].contains(column.from) {
      guard let place = reading.place(of: "columns.\(column.name).from") ?? reading.place(of: "columns") else {
        continue
      }
      reading.report(
        Diagnostic(
          .error, "conflicting-fields", "`\(column.field)` is not known of rows that steps have made", at: place,
          help: ["remove the column; `$loadedAt` and `$loadId` are known"],
          related: reading.place(of: "transform").map { [RelatedPlace("because of this", at: $0)] } ?? []))
    }
  }
}

extension Flow {
  /// What steps call an input.
  public func name(of input: NamedInput) -> String {
    if let name = input.name { return name }
    if case .named(let name) = input.input { return name }
    return TransformCheck.onlySource
  }

  /// What steps call the flow's inputs, in order.
  public var inputNames: [String] { inputs.map(name) }
}
