internal import Catalog
internal import Diagnostics
internal import JSON
internal import Manifests
internal import State

extension PlanMaker {
  /// The step of one flow, after those that were taken so far.
  func step(for flow: FlowDesign) -> FlowStep {
    var design = flow
    let recorded = state?.resources[design.address.description]
    let isAsRecorded = observation.asRecorded.contains(design.flow.name) && renames.old[design.address] == nil
    let known = isAsRecorded ? recorded?.spec : nil
    let spec = known ?? design.flow.specJSON(asRecorded: recorded?.spec)
    let inputs = observation.databaseInputs(of: design, in: project)
    let source = observation.sourceObservation(of: design, inputs: inputs)
    let observed = databases[design.authorizer]
    let seen = observed.map { ledgerMakers.found(by: design, in: tablesMade.found(by: design, in: $0)) }
    let live = seen?.database
    let resolution = ColumnResolution(design, recorded: recorded, live: live, source: source)
    if design.sources.count == 1, design.spec.transform.isEmpty {
      design = design.reading(resolution.key(ofTableIn: inputs))
    }
    let operations =
      live.map { design.operations(columns: resolution.columns, spec: spec, recorded: recorded, live: $0) } ?? []
    let drift = recorded.flatMap { recorded in observed.map { Drift(design: design, recorded: recorded, seen: $0) } }

    var step = Step(.unchanged, design.address.description, reason: "")
    step.authorizer = design.authorizer
    step.columns = resolution.columns
    step.operations = operations
    if !operations.isEmpty {
      step.hazards = Hazard.allCases.filter { hazard in operations.contains { $0.hazards.contains(hazard) } }
    }
    step.changes = known == nil ? changes(to: design, spec: spec, recorded: recorded) : []
    step.changes += Self.newColumns(of: design, resolution, recorded: recorded)
    if recorded != nil, step.changes.isEmpty { step.changes = drift?.changes(declared: resolution.columns) ?? [] }
    step.after = [Address(.destination, design.destination.name).description]
    step.after += live.flatMap { tablesMade.maker(of: design.table, in: $0) }.map { [$0] } ?? []
    (step.wanted, step.reason) = wanted(design, recorded: recorded, step: step, live: observed?.database, drift: drift)
    if recorded?.table != design.table.sql, step.wanted != .adopt { step.reason += design.cursorStart }
    step.reason += neededBy(design.address)

    let key: [Identifier]?
    let found: [Finding]
    var result = FlowStep(step: step)
    if let seen, let observed {
      var context = FlowContext(
        design: design, recorded: recorded, live: seen, source: source, resolution: resolution,
        operations: operations, makers: makers(for: design, in: observed.database))
      context.inputs = inputs
      context.transform = observation.transforms[design.flow.name]
      if needs != nil { result.needs = FlowNeeds(context, observed: observed.database) }
      key = context.key
      found = findings(in: context)
      if !context.isLedgerThere {
        result.ledger = ledgerStep(for: context)
        step.after.append(ledgerAddress(of: design))
      } else if let upgrade = live?.tables[design.ledger]?.ledgerUpgrade {
        result.ledger = ledgerStep(for: context, upgrade)
        step.after.append(ledgerAddress(of: design))
      }
    } else {
      key = design.key(table: nil, recorded: recorded)
      found = [notLookedAt(design.authorizer)]
    }
    step.conclude(found)
    result.findings = found.filter { $0.diagnostic != nil }
    // Drift that no check minds and no operation mends is no news.
    if step.action == .unchanged { (step.changes, step.reason) = ([], "") }
    step.record = record(design, spec: spec, key: key, columns: resolution.columns, live: live, recorded: recorded)
    step.record?.sourceFields = sourceFields(of: design, inputs: inputs) ?? recorded?.sourceFields
    let transform = observation.transforms[design.flow.name]
    step.transformation = transform?.transformation?.statement.readable
    if !design.spec.transform.isEmpty { step.record?.inputs = transform?.recordedInputs ?? recorded?.inputs }
    result.step = step
    return result
  }

  private func record(
    _ design: FlowDesign, spec: JSONValue, key: [Identifier]?, columns: [PlannedColumn], live: LiveDatabase?,
    recorded: AppliedResource?
  ) -> AppliedResource {
    let table = live?.tables[design.table]
    var record = AppliedResource(
      spec: spec, table: design.tableSQL, key: key?.map(\.name), server: live?.server.identity ?? recorded?.server,
      relationOID: live == nil ? recorded?.relationOID : table.flatMap { $0.oid == 0 ? nil : $0.oid },
      formerNames: recorded?.formerNames ?? [], appliedAt: "")
    func applied(_ column: PlannedColumn) -> AppliedColumn {
      var applied = AppliedColumn(column)
      if column.defaultSQL != nil {
        applied.default =
          table == nil
          ? recorded?.columns?.first { $0.name == column.name.name }?.default
          : table?.column(column.name)?.defaultExpression
      }
      return applied
    }
    // The same columns are kept once.
    let isAsRecorded =
      recorded?.columns.map { before in
        before.count == columns.count && zip(before, columns).allSatisfy { $0 == applied($1) }
      } ?? false
    record.columns = isAsRecorded ? recorded?.columns : columns.map(applied)
    return record
  }

  private func notLookedAt(_ authorizer: String) -> Finding {
    observation.isOffline ? .skipped(.connection, "nothing was looked at (--offline)") : .unreachable(authorizer)
  }

  /// The other roles that will make what is not there yet.
  private func makers(for design: FlowDesign, in observed: LiveDatabase) -> [QualifiedName: Identifier] {
    var makers: [QualifiedName: Identifier] = [:]
    makers[design.table] = tablesMade.otherRole(making: design.table, in: observed)
    makers[design.ledger] = ledgerMakers.otherRole(making: design.ledger, in: observed)
    return makers
  }

  private func findings(in context: FlowContext) -> [Finding] {
    var findings: [Finding] = []
    findings.reserveCapacity(12)
    findings.append(.passed(.connection, "authorizer \(context.design.authorizer) answers"))
    findings += context.serverChecks()
    findings += context.schemaChecks()
    findings += context.temporaryCheck()
    // Where the schema is missing or closed, nothing can be said of what is in it.
    guard !findings.contains(where: { $0.isFailure && $0.check.id == .schemaExists }) else {
      return findings + context.rangeChecks() + context.sourceChecks() + context.databaseSourceChecks()
        + context.transformChecks()
    }
    findings += context.kindCheck()
    findings += context.typeUsageCheck()
    findings += context.columnChecks()
    findings += context.ownerCheck()
    findings += context.privilegeCheck()
    findings += context.lookupChecks()
    findings += context.readerChecks()
    findings += context.rowSecurityCheck()
    findings += context.keyChecks()
    findings += context.ledgerCheck(lineage: lineage)
    findings += context.rangeChecks()
    findings += context.sourceChecks()
    findings += context.databaseSourceChecks()
    findings += context.transformChecks()
    return findings
  }

  /// Notes what the checks of a step found.
  ///
  /// - Parameter blocksOthers: whether what fails here blocks other steps, so that it is an error all the same.
  mutating func note(_ found: [Finding], of step: Step, blocksOthers: Bool = false) {
    for finding in found { findings.add(finding, of: step.address, blocks: step.action != .degraded || blocksOthers) }
  }

  private func wanted(
    _ design: FlowDesign, recorded: AppliedResource?, step: Step, live: LiveDatabase?, drift: Drift?
  ) -> (Step.Action, reason: String) {
    let place = design.flow.places.resource
    guard recorded != nil else {
      let isAsWanted = live?.tables[design.table]?.kind.takesLoads == true && step.operations.isEmpty
      return isAsWanted
        ? (.adopt, "table \(design.table.sql) exists already as wanted") : (.create, "new at \(place)")
    }
    if let old = renames.old[design.address] { return (.rename, "was \(old), renamed at \(place)") }
    if step.changes.contains(where: { $0.side == .manifest }) {
      let isInferred = design.isReinferred && design.flow.isWritten(as: recorded?.spec ?? .null)
      return (.update, isInferred ? "its source has fields that it had not before" : "changed at \(place)")
    }
    if drift?.isTableMadeAnew == true {
      let reason =
        "table \(design.table.sql) was dropped and made anew since it was applied: rows loaded before are gone"
      return (.repair, reason)
    }
    if step.operations.count == 1, case .grantSelect(let table, let readers)? = step.operations.first {
      return (.repair, "\(readers.sqlList) may not read table \(table.sql) any more")
    }
    if !step.operations.isEmpty {
      return (.repair, "table \(design.table.sql) is no longer as it was applied")
    }
    if let drift, !drift.isSameServer, isServerKnown(design.authorizer, drift.live) {
      return (.repair, "its table is in another database than the one applied to")
    }
    return (.unchanged, step.changes.isEmpty ? "" : "table \(design.table.sql) is no longer as it was applied")
  }

  /// Whether the authorizer itself was recorded with this database: then no repair of the authorizer takes its flows along.
  private func isServerKnown(_ authorizer: String, _ live: LiveDatabase) -> Bool {
    state?.resources["authorizer/\(authorizer)"]?.server == live.server.identity
  }

  private func changes(to design: FlowDesign, spec: JSONValue, recorded: AppliedResource?) -> [FieldChange] {
    var changes = FieldChange.between(recorded?.spec, spec)
    guard let recorded else { return changes }
    if let table = recorded.table, table != design.tableSQL, !changes.contains(where: { $0.path == "table" }) {
      changes.append(FieldChange(path: "table", before: .string(table), after: .string(design.table.sql)))
    }
    return changes
  }

  /// The columns that looking into the source once more has found.
  private static func newColumns(
    of design: FlowDesign, _ resolution: ColumnResolution, recorded: AppliedResource?
  ) -> [FieldChange] {
    guard design.isReinferred, let before = recorded?.columns else { return [] }
    let known = Set(before.map(\.name))
    return resolution.columns.filter { !known.contains($0.name.name) }.map { column in
      FieldChange(path: "columns.\(column.name.name).type", before: nil, after: .string(column.type))
    }
  }

  private func ledgerAddress(of design: FlowDesign) -> String {
    "ledger/\(design.authorizer).\(design.ledger.schema.name)"
  }

  /// The ledger is a step of its own, one a schema.
  private func ledgerStep(for context: FlowContext) -> Step? {
    let ledger = context.design.ledger
    let address = ledgerAddress(of: context.design)
    guard context.live.schemas[ledger.schema]?.privileges.isSuperset(of: [.usage, .create]) == true else { return nil }
    var step = Step(.create, address, reason: "the first flow that writes in schema \(ledger.schema.sql)")
    step.authorizer = context.design.authorizer
    step.operations = [.createLedger(ledger)]
    return step
  }

  /// A ledger of an older layout is brought to this one where it is the role's own.
  private func ledgerStep(for context: FlowContext, _ upgrade: Operation) -> Step {
    var step = Step(
      .update, ledgerAddress(of: context.design),
      reason: "the ledger is of an older layout than \(LedgerLayout.version)")
    step.authorizer = context.design.authorizer
    step.operations = [upgrade]
    step.hazards = upgrade.hazards
    return step
  }
}

extension Table {
  /// What gives the ledger the columns of this version's layout; nothing where it has them, or is somebody else's.
  var ledgerUpgrade: Operation? {
    guard isOwned else { return nil }
    let missing = LedgerLayout.missing(having: Set(columns.map(\.name.name)))
    return missing.isEmpty ? nil : .upgradeLedger(name, adding: missing)
  }
}

extension Step {
  /// Settles what becomes of the step, now that its checks are known.
  mutating func conclude(_ found: [Finding]) {
    checks = found.map(\.check)
    let hasFailed = found.contains(where: \.isFailure)
    action = hasFailed ? (wanted.isChange ? .blocked : .degraded) : wanted
  }
}

extension AppliedColumn {
  init(_ column: PlannedColumn) {
    self.init(name: column.name.name, type: column.type, from: column.from, nullable: column.isNullable)
  }
}
