internal import Manifests
internal import Planning

/// The words of manifests, plans and runs that are no fields and no codes.
enum WordPages {
  /// All of them.
  static var all: [Explanation] { kinds + writeModes + actions + hazards + statuses + flowStatuses }

  // MARK: Kinds

  static let kinds: [Explanation] = Kind.allCases.map { kind in
    var page = Explanation(kind.rawValue, .kind, kind.summary)
    page.examples = [Explanation.Example("Example", example(of: kind))]
    page.fields = entries(kind.fields)
    return page
  }

  /// A line for each field; one that only some sorts of source have names those.
  static func entries(_ fields: [FieldDescription]) -> [Explanation.Entry] {
    let sorts = Set(fields.compactMap(\.variant)).count
    var known: Set<String> = []
    return fields.filter { known.insert($0.name).inserted }.map { field in
      let variants = fields.filter { $0.name == field.name }.compactMap(\.variant)
      let note =
        field.isRequired && variants.isEmpty
        ? " Required." : variants.isEmpty || variants.count == sorts ? "" : " (\(variants.joined(separator: ", ")))"
      return Explanation.Entry(field.name, field.summary + note)
    }
  }

  private static func example(of kind: Kind) -> String {
    switch kind {
    case .authorizer:
      "authorizers:\n  wh: {host: db.example.com, database: analytics, username: loader, tls: verify-full}"
    case .tunnel: "tunnels:\n  bastion: {host: bastion.example.com, username: tunnel, knownHostsFile: known_hosts}"
    case .source: "sources:\n  orders: {path: data/orders-*.csv, csv: {delimiter: \";\"}}"
    case .destination: "destinations:\n  wh: {authorizer: wh, defaultSchema: public}"
    case .flow: "flows:\n  orders: {source: orders, destination: wh, writeMode: upsert, key: [order_id]}"
    }
  }

  // MARK: Words

  static let writeModes: [Explanation] = Flow.WriteMode.allCases.map { mode in
    var page = Explanation(mode.rawValue, .writeMode, summary(of: mode))
    page.paragraphs = [detail(of: mode)]
    page.examples = [
      Explanation.Example("Example", "flows:\n  orders: {source: orders, destination: wh, \(fields(of: mode))}")
    ]
    page.related = ["flow.writeMode"] + related(to: mode)
    return page
  }

  private static func summary(of mode: Flow.WriteMode) -> String {
    switch mode {
    case .insert: "Appends all rows."
    case .insertIgnore: "Appends the rows that fit, and rejects the others."
    case .truncateInsert: "Empties the table, then inserts all rows."
    case .upsert: "Inserts rows with a new key, and updates those that have changed."
    case .delete: "Deletes the rows whose key is in the source."
    }
  }

  private static func detail(of mode: Flow.WriteMode) -> String {
    switch mode {
    case .insert: "One bad row, and nothing is written: the error names its file, line, column and value."
    case .insertIgnore:
      "A row of a wrong type, with NULL where none may be, that breaks a CHECK, or whose key is there already, goes to"
        + " .sluice/rejects with its place and the reason. With `maxRejects` the load fails beyond a number or share."
    case .truncateInsert:
      "Both happen in one transaction. Readers wait until it has ended, or with `readers: keep` see the old rows until"
        + " then. Never with CASCADE."
    case .upsert:
      "Rows that are equal already are not written again. Within a load the last row of a key wins; NULL in a key is an"
        + " error. With `deleteMissing`, rows that the source no longer has are deleted in the same transaction."
    case .delete: "Other columns than those of the key are passed over."
    }
  }

  private static func fields(of mode: Flow.WriteMode) -> String {
    "writeMode: \(mode.rawValue)" + (mode.needsKey ? ", key: [order_id]" : "")
  }

  private static func related(to mode: Flow.WriteMode) -> [String] {
    switch mode {
    case .insert: ["source.files"]
    case .insertIgnore: ["flow.maxRejects", "rows-rejected"]
    case .truncateInsert: ["flow.readers", "table-referenced"]
    case .upsert: ["flow.key", "flow.deleteMissing", "unique-key"]
    case .delete: ["flow.key", "unique-key"]
    }
  }

  static let actions: [Explanation] = Step.Action.allCases.map { action in
    var page = Explanation(action.rawValue, .action, summary(of: action))
    let sign = action.sign.trimmingBlanks
    page.paragraphs = [detail(of: action)] + (sign.isEmpty ? [] : ["On screen its sign is \(sign)."])
    return page
  }

  private static func summary(of action: Step.Action) -> String {
    switch action {
    case .create: "The resource is new: what it needs in the database is made, and it is recorded."
    case .update: "The manifest differs from what was applied: the change is made, and recorded."
    case .delete: "The resource is no longer in the manifests: it is taken out of the state."
    case .adopt: "What the resource needs exists already, just as it is wanted: it is only recorded."
    case .rename: "The resource has another name (`renamedFrom`): its record and its loads go on under it."
    case .repair: "The database is no longer as it was applied: it is made so again."
    case .blocked: "A step with changes whose check has failed: it is not applied."
    case .degraded: "The resource is unchanged, but a check fails: its next load would too."
    case .unchanged: "The resource is as it was applied: there is nothing to do."
    }
  }

  private static func detail(of action: Step.Action) -> String {
    switch action {
    case .create: "A table that is missing is made; a schema never is."
    case .update:
      "Nothing is dropped, narrowed or rewritten; a change that would need it blocks the step, and the"
        + " statement for the owner is shown."
    case .delete: "The table and its rows stay. Without a terminal, --allow-delete N says how many may go."
    case .adopt: "No row and no table is touched. So it is after `plan --sql`, and where a state was lost."
    case .rename: "The table stays as it is, and the cursor goes along."
    case .repair: "The plan says what differs: a column that is gone, a table made anew, a grant taken back."
    case .blocked:
      "The plan says what is missing, and the statement that mends it, with who may run it. As long as one"
        + " step is blocked apply does nothing; with --partial it does what does not depend on it."
    case .degraded: "It does not stop others; with --strict it is an error."
    case .unchanged: "Such resources are only counted."
    }
  }

  static let hazards: [Explanation] = Hazard.allCases.map { hazard in
    let summary =
      switch hazard {
      case .locksWrites: "The step keeps others from writing to the table meanwhile."
      case .buildsIndex: "The step builds an index on rows that are there, which takes time and room."
      case .scansTable: "The step reads the whole table."
      }
    return Explanation(hazard.rawValue, .hazard, summary)
  }

  static let statuses: [Explanation] = LoadOutcome.Status.allCases.map { status in
    let summary =
      switch status {
      case .loaded: "The rows are in the table, and the load is in the ledger: both, by one COMMIT."
      case .failed: "Nothing was written: the transaction was rolled back. Its error says why."
      case .empty: "The source had nothing (new) to load, and that is allowed."
      case .skipped: "Nothing was loaded: all files were loaded before, or a flow that this one comes after has failed."
      case .waiting:
        "The file that the slot is for is not there yet; `run --due` looks for it again until the next slot."
      }
    return Explanation(status.rawValue, .status, summary)
  }

  static let flowStatuses: [Explanation] = FlowStatus.Word.allCases.map { word in
    let summary =
      switch word {
      case .live: "No load has failed since the last one that did not."
      case .retrying: "The last load failed, and fewer have failed in a row than `retry.attempts` says."
      case .waiting: "The file that it reads is not there yet; it is looked for again until the next slot."
      case .broken: "As many loads in a row have failed as `retry.attempts` says: somebody has to look."
      case .running: "A session has the lock of its table, and loads it."
      case .inactive: "It has `enabled: false`, or somebody has paused it: no run loads it but one that names it."
      }
    var page = Explanation(word.rawValue, .flowStatus, summary)
    page.related = word == .inactive ? ["flow.enabled"] : word == .live || word == .running ? [] : ["flow.retry"]
    return page
  }
}

extension String {
  fileprivate var trimmingBlanks: String { filter { $0 != " " } }
}
