internal import Catalog
internal import Diagnostics
internal import Manifests
internal import State

/// A flow's columns, worked out in the order of truth: declared, recorded, live, inferred.
struct ColumnResolution {
  /// In the table's order.
  var columns: [PlannedColumn] = []
  /// Declared types that the server takes as none: the column's name and the server's words.
  var unknownTypes: [(column: DeclaredColumn, message: String)] = []
  /// Fields of the source that no column takes; known only where the source was read.
  var unusedFields: [String] = []
  /// Columns whose field the source does not have; known only where the source was read.
  var missingFields: [PlannedColumn] = []
  /// Whether nothing says which columns there are.
  var isOpen = false

  init(_ design: FlowDesign, recorded: AppliedResource?, live: LiveDatabase?, source: SourceObservation?) {
    let fields: [SourceField]? = if case .fields(let fields) = source { fields } else { nil }
    let declared = design.spec.columns
    let types = live?.types ?? [:]
    columns = (declared?.columns ?? []).map { resolve($0, types: types, recorded: recorded) }
    if declared?.takesRest ?? true {
      let rest = Self.rest(of: design, recorded: recorded, table: live?.tables[design.table], fields: fields)
      let taken = Set(columns.map(\.name)), used = Set(columns.map(\.from))
      isOpen = rest == nil
      columns += (rest ?? []).filter { !taken.contains($0.name) && !used.contains($0.from) }
    }
    guard let fields else { return }
    let names = Set(fields.map(\.name)), used = Set(columns.map(\.from))
    unusedFields = fields.map(\.name).filter { !used.contains($0) }
    missingFields = columns.filter { !$0.from.hasPrefix("$") && !names.contains($0.from) }
  }

  /// Whether it is known that there is no such column: where nothing says which there are, any may be among them.
  func lacks(_ name: Identifier) -> Bool { !isOpen && !columns.contains { $0.name == name } }

  private mutating func resolve(
    _ column: DeclaredColumn, types: [String: TypeResolution], recorded: AppliedResource?
  ) -> PlannedColumn {
    let type: String
    switch types[column.type] {
    case .known(let known): type = known
    case .unknown(let message):
      unknownTypes.append((column, message))
      type = column.type
    // The server was not reached: what it said when the column was applied, else the manifest's own spelling.
    case nil: type = recorded?.columns?.first { $0.name == column.name }?.type ?? column.type
    }
    let defaultSQL: String? =
      switch column.default {
      case .value(let text): Literal(text).sql
      case .sql(let expression): expression
      case nil: nil
      }
    return PlannedColumn(
      name: Identifier(column.name), type: type, from: column.field, isNullable: column.nullable,
      defaultSQL: defaultSQL, origin: .declared)
  }

  /// The columns that the manifest leaves open; nothing where no truth is to be had.
  private static func rest(
    of design: FlowDesign, recorded: AppliedResource?, table: Table?, fields: [SourceField]?
  ) -> [PlannedColumn]? {
    if let recorded, recorded.table == design.tableSQL, let columns = recorded.columns, !design.isReinferred {
      return columns.map {
        PlannedColumn(
          name: Identifier($0.name), type: $0.type, from: $0.from, isNullable: $0.nullable, origin: .recorded)
      }
    }
    let inferred = fields?.map { field in
      PlannedColumn(
        name: Identifier(field.name), type: field.type, from: field.name, origin: .inferred(field.origin))
    }
    guard let table, table.kind.takesLoads else { return inferred }
    let live = live(table, fields: fields)
    guard design.isReinferred else { return live }
    // A column that is there keeps its type; what is inferred anew are those that are not.
    return live + (inferred ?? []).filter { !table.hasColumn($0.name) }
  }

  /// The columns of the table that exists: those that the source has a field for, where that is known.
  private static func live(_ table: Table, fields: [SourceField]?) -> [PlannedColumn] {
    let names = fields.map { Set($0.map(\.name)) }
    return table.columns.filter { column in
      !column.refusesValues && (names?.contains(column.name.name) ?? true)
    }.map { column in
      PlannedColumn(
        name: column.name, type: column.type, from: column.name.name, isNullable: !column.isNotNull, origin: .live)
    }
  }
}
