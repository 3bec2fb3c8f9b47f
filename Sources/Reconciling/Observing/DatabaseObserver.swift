internal import Catalog
internal import Connecting
internal import Diagnostics
internal import Manifests
internal import Planning
internal import Postgres

/// Answers a plan's questions about one database: two round trips, whatever their number.
struct DatabaseObserver: Sendable {
  var authorizer: Authorizer
  var project: String
  var questions: Questions

  /// How long the search for duplicate keys may take, for each table.
  private static let duplicateTimeout = "30s"
  /// How long the rows of a table may be counted before the estimate has to do.
  private static let countTimeout = "1s"

  /// Looks, in READ ONLY transactions; nothing is written.
  func observe(_ database: borrowing Database) throws -> LiveDatabase {
    let before = database.roundTrips
    let types = questions.types.sorted()
    let sources = SourceObserver(questions.sources, opening: transaction)
    let (first, described, queries) = try catalog(database, types: types, sources)
    var live = first
    try complete(&live, types: types, described: described, sources, queries, database)
    live.roundTrips = database.roundTrips - before
    return live
  }

  /// The first round trip: the server, its schemas, the relations asked for; each declared type and each query is
  /// described.
  private func catalog(
    _ database: borrowing Database, types: [String], _ sources: SourceObserver
  ) throws -> (LiveDatabase, described: [PipelineResult], queries: [String: SourceObserver.Described]) {
    let names = questions.tables.sorted()
    let opening = transaction
    let readers = questions.readers.sorted { ($0.table, $0.role) < ($1.table, $1.role) }
    var queries: [SQL] = [
      CatalogQueries.columns(names), CatalogQueries.relations(names), CatalogQueries.server, CatalogQueries.schemas,
      CatalogQueries.uniqueIndexes(names), CatalogQueries.partitions(names),
    ]
    if !readers.isEmpty {
      queries += [CatalogQueries.roles(Set(readers.map(\.role)).sorted()), CatalogQueries.readers(readers)]
    }
    var items = types.flatMap(describing)
    let before = items.count
    items += (opening + queries).map { .query($0) } + [.query("COMMIT", sync: true)]
    let own = items.count
    // What there is most of is decoded while the server looks up the rest.
    var columns = ColumnsByTable(tables: names.count)
    var tables: [QualifiedName: Table] = [:]
    var results: [PipelineResult] = []
    let zones = questions.zones.sorted()
    // Each by itself, as one that the server does not know is an error.
    let clocks = zones.map { PipelineItem.query(CatalogQueries.today(in: $0), sync: true) }
    try database.pipeline(items + sources.descriptions + clocks) { result in
      switch (results.count - before - opening.count, result) {
      case (0, .rows(let rows)): columns.add(rows)
      case (1, .rows(let rows)): tables = Dictionary(tables: rows, names, columns)
      default: break
      }
      results.append(result)
    }
    let answers = results.dropFirst(before + opening.count).prefix(queries.count).map { $0 }
    for result in results[before..<own] { if case .failure(let error) = result { throw error } }
    let tls = database.tlsProtocol, host = database.host
    guard var server = try answers[2].rows().map({ Server($0, tls: tls, host: host) }).first else {
      throw Failure(Diagnostic(.error, "connection", "the server did not say which role and database this is"))
    }
    server.isCertificateVerified = database.isCertificateVerified
    server.isPlainForWantOfTLS = database.isPlainForWantOfTLS
    var live = LiveDatabase(server: server)
    for schema in try answers[3].rows().map({ Schema($0) }) { live.schemas[schema.name] = schema }
    for (name, index) in try answers[4].rows().map({ (QualifiedName($0), UniqueIndex($0)) }) {
      tables[name]?.uniqueIndexes.append(index)
    }
    for (name, partition) in try answers[5].rows().map({ (QualifiedName($0), Partition($0)) }) {
      tables[name]?.add(partition)
    }
    live.tables = LiveTables(tables)
    if !readers.isEmpty {
      live.roles = Set(try answers[6].rows().map { Identifier($0.text(0) ?? "") } + ["public"])
      for answer in try answers[7].rows().map({ ReaderAnswer($0) }) { live.add(answer) }
    }
    for (zone, result) in zip(zones, results.suffix(zones.count)) {
      live.today[zone] = try? result.rows().map { $0.text(0) ?? "" }.first.flatMap { CivilDate($0) }
    }
    let descriptions = sources.take(descriptions: results.dropFirst(own), into: &live.sources)
    let step = types.isEmpty ? 1 : before / types.count
    return (live, stride(from: step == 1 ? 0 : 2, to: before, by: step).map { results[$0] }, descriptions)
  }

  /// Has a type described, outside of the transaction, as one that is unknown would end it; in one of its own where a
  /// role is set for it.
  private func describing(_ type: String) -> [PipelineItem] {
    let description = PipelineItem.describe(CatalogQueries.type(type))
    guard let role = authorizer.role else { return [description] }
    return [
      .query("BEGIN"), .query("SET LOCAL ROLE \(identifier: Identifier(role))"), description,
      .query("ROLLBACK", sync: true),
    ]
  }

  /// The second round trip: what could only be asked once the first was answered.
  private func complete(
    _ live: inout LiveDatabase, types: [String], described: [PipelineResult], _ sources: SourceObserver,
    _ queries: [String: SourceObserver.Described], _ database: borrowing Database
  ) throws {
    var known: [(text: String, type: UInt32, modifier: Int32)] = []
    for (text, result) in zip(types, described) {
      switch result {
      case .description(let columns, _):
        if let column = columns.first { known.append((text, column.type, column.typeModifier)) }
      case .failure(let error):
        // The server was asked about an array of it.
        live.types[text] = .unknown(error.message.replacing("\(text)[]", with: text))
      case .rows, .skipped: live.types[text] = .unknown("it was not described")
      }
    }
    let tables = live.tables
    let ledgers = questions.ledgers.sorted().filter { tables[$0]?.privileges.contains(.select) == true }
    let lacking = questions.tablesThatLack(in: live.tables)
    let keys = questions.openKeys(in: live.tables)
    let counts = questions.counts.sorted().filter { live.tables[$0]?.kind.takesLoads == true }
    let defaults = questions.openDefaults(in: live.tables)
    let sourceLooks = sources.looks(at: queries, in: live)
    let isAllKnown =
      known.isEmpty && lacking.isEmpty && ledgers.isEmpty && keys.isEmpty && counts.isEmpty && defaults.isEmpty
    if isAllKnown, sourceLooks.isEmpty { return }

    let opening = transaction
    var items = opening.map { PipelineItem.query($0) }
    items.append(.query(CatalogQueries.typeNames(known.map { ($0.type, $0.modifier, $0.text.hasSuffix("]")) })))
    items.append(.query(CatalogQueries.emptyTables(lacking)))
    items += ledgers.map { .query(CatalogQueries.lineages(in: $0, project: project)) }
    items.append(.query("COMMIT", sync: true))
    let searches = keys.map { (CatalogQueries.duplicates(of: $0.key, in: $0.table), Self.duplicateTimeout) }
    let looks =
      counts.map { (CatalogQueries.count(of: $0), Self.countTimeout) }
      + defaults.map { (CatalogQueries.nature(ofDefault: $0), Self.countTimeout) }
    for (query, timeout) in searches + looks {
      let settings = transaction + ["SET LOCAL statement_timeout = '\(raw: timeout)'"]
      items += settings.map { .query($0) } + [.query(query, sync: true), .query("ROLLBACK", sync: true)]
    }
    var results = try database.pipeline(items + sourceLooks)[...]
    try sources.take(looks: results.dropFirst(items.count), at: queries, into: &live)
    results.removeFirst(opening.count)
    let names = try results.removeFirst().rows().map { ($0.text(0) ?? "", isChecked: $0.bool(1) ?? false) }
    for (type, name) in zip(known, names) {
      live.types[type.text] = .known(name.0)
      if name.isChecked { live.checkedTypes.insert(name.0) }
    }
    let empty = try results.removeFirst().rows().map { ($0.int(0) ?? 0, isEmpty: $0.bool(1) ?? false) }
    for (position, isEmpty) in empty where isEmpty && lacking.indices.contains(position - 1) {
      live.tables[lacking[position - 1]]?.isEmpty = true
    }
    for ledger in ledgers {
      // A ledger of an older layout, or something else of its name: the plan goes on without its lineages.
      guard let rows = try? results.removeFirst().rows() else { continue }
      let lineages = rows.map { ($0.text(0) ?? "", Set($0.textArray(1) ?? [])) }
      live.lineages[ledger] = Dictionary(lineages) { $0.union($1) }
    }
    results.removeFirst()
    func nextAnswer() -> PipelineResult? {
      results.removeFirst(transaction.count + 1)
      defer { results.removeFirst() }
      return results.removeFirst()
    }
    for key in keys {
      let answer = nextAnswer().map(Self.answer)
      live.duplicates[key] = live.tables[key.table]?.isEmpty == true ? DuplicateAnswer.none : answer
    }
    for table in counts { live.rowCounts[table] = nextAnswer().flatMap { Self.count($0, live.tables[table]) } }
    for expression in defaults { live.defaults[expression] = nextAnswer().map(Self.nature) }
  }

  private static func count(_ result: PipelineResult, _ table: Table?) -> RowCount? {
    if let rows = (try? result.rows().map { $0.int(0) })?.first?.flatMap({ $0 }) { return .exactly(rows) }
    return table?.estimatedRows.map { .about($0) }
  }

  private static func nature(_ result: PipelineResult) -> DefaultNature {
    do {
      let lines = try result.rows().map { $0.text(0) ?? "" }
      return lines.contains { $0.drop { $0 == " " }.hasPrefix("Filter: ") } ? .differsByRow : .sameForAllRows
    } catch let error as PostgresError { return .refused(error.message) } catch { return .refused("\(error)") }
  }

  private static func answer(_ result: PipelineResult) -> DuplicateAnswer {
    do {
      let keys = try result.rows().map { "\($0.text(0) ?? "") (\($0.text(1) ?? "") rows)" }
      return keys.isEmpty ? .none : .found(keys)
    } catch let error as PostgresError {
      return .unknown(error.sqlState == "57014" ? "it took longer than \(duplicateTimeout)" : error.message)
    } catch { return .unknown("\(error)") }
  }

  private var transaction: [SQL] { ["BEGIN READ ONLY"] + authorizer.sessionSettings() }
}
