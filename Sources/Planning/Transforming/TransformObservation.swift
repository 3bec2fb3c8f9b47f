public import Catalog
internal import Diagnostics
public import Manifests
public import State

/// What a server said of a flow's steps and rules.
public struct TransformObservation: Sendable {
  /// What the steps read; empty where the flow has none.
  public var inputs: [TransformInput] = []
  /// The steps as one statement; nothing where the flow has none, or they cannot be put together.
  public var transformation: Transformation?
  /// What is wrong with steps and rules.
  public var problems: [TransformProblem] = []
  /// Why some of it was not looked at; nothing where all was.
  public var unknown: String?

  /// Nothing was said yet.
  public init() {}
}

extension TransformObservation {
  /// What the state keeps of the inputs.
  var recordedInputs: [String: [AppliedField]]? {
    if inputs.isEmpty { return nil }
    return Dictionary(
      inputs.map { ($0.name, $0.columns.map { AppliedField(name: $0.name, type: $0.type) }) }
    ) { first, _ in first }
  }
}

extension TransformObservation {
  /// The columns that the steps make, as fields of a source.
  func fields(of design: FlowDesign) -> SourceObservation? {
    guard let transformation, let last = design.spec.transform.last else { return nil }
    return .fields(
      transformation.columns.map { SourceField(name: $0.name, type: $0.type, origin: "step `\(last.name)`") })
  }
}

extension FlowDesign {
  /// Whether its rows are staged in temporary tables, one a source, before anything is written: the server makes of them
  /// what the steps say, or asks what rules say.
  public var isBatch: Bool { !spec.transform.isEmpty || !spec.quality.isEmpty }

  /// The schema of a table that is written without one.
  public var defaultSchema: Identifier { Identifier(destination.spec.defaultSchema) }

  /// The tables that rules look values up in, each with the column, and the rule's number.
  var lookupTables: [(table: QualifiedName, key: Identifier, rule: Int)] {
    spec.quality.enumerated().compactMap { index, rule in
      guard rule.kind == .existsIn, let table = rule.table.flatMap({ WrittenName($0) }) else { return nil }
      return (table.qualified(default: defaultSchema), Identifier(rule.key ?? rule.column ?? ""), index)
    }
  }
}

extension Observation {
  /// What the steps of a flow read, from what was seen of its sources, else as it was recorded; nothing where that is not
  /// known of one of them.
  public func transformInputs(of design: FlowDesign, in project: Project, state: AppliedState?) -> [TransformInput]? {
    let recorded = state?.resources[design.address.description]?.inputs ?? [:]
    let databases = databaseInputs(of: design, in: project)
    var inputs: [TransformInput] = []
    for (input, source) in zip(design.spec.inputs, design.sources) {
      let name = design.spec.name(of: input)
      if case .postgres = source.source {
        let found = databases.first { $0.name == name }?.fields(goingTo: live(design.authorizer))
        guard let found else { return nil }
        inputs.append(TransformInput(name: name, columns: found.map { .init(name: $0.name, type: $0.type) }))
      } else if let found = inputFields[design.flow.name]?[name] {
        inputs.append(TransformInput(name: name, columns: found.map { .init(name: $0.name, type: $0.type) }))
      } else if let fields = recorded[name] {
        inputs.append(
          TransformInput(name: name, columns: fields.map { .init(name: $0.name, type: $0.type ?? "text") }))
      } else {
        return nil
      }
    }
    return inputs
  }

  /// The columns that a flow's table has, or is to have, by what is known so far: those that rules are asked about.
  ///
  /// - Parameter made: what its steps make.
  public func tableColumns(
    of design: FlowDesign, in project: Project, made: TransformObservation, state: AppliedState?
  ) -> [TransformColumn] {
    let recorded = state?.resources[design.address.description]
    let resolution = ColumnResolution(
      design, recorded: recorded, live: live(design.authorizer),
      source: made.fields(of: design)
        ?? sourceObservation(of: design, inputs: databaseInputs(of: design, in: project)))
    return resolution.columns.map { TransformColumn(name: $0.name.name, type: $0.type) }
  }

  /// The columns that a flow's steps make, as fields of a source; nothing where it has no steps, or that is not known.
  func madeFields(of design: FlowDesign) -> SourceObservation? { transforms[design.flow.name]?.fields(of: design) }
}
