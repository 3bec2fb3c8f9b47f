import Catalog
import Diagnostics
import Loading
import Manifests
import Postgres
import TestSupport

/// Which way rows of a database go to the target.
enum Way: String, CaseIterable {
  /// From another database, by COPY.
  case relay
  /// Within the database, by the destination's own authorizer.
  case here
  /// Within the database, where the source has an authorizer of its own.
  case sameDatabase
}

/// A database to read from, beside the one of a `LoadingWorld`.
struct SourceWorld {
  let world: LoadingWorld
  /// Where the source's tables are: in the schema `src`.
  let source: TestDatabase
  let way: Way
  /// As whom the source is read.
  var reader: String?

  /// Makes the source by `sql`, the target `t` by `target`, and lends them to `body`.
  static func with(
    _ way: Way, _ sql: String, target: String, _ body: (SourceWorld) async throws -> Void
  ) async throws {
    func run(_ source: TestDatabase) async throws {
      try await source.execute("CREATE SCHEMA src; " + sql)
      try await body(SourceWorld(world: try await LoadingWorld(target), source: source, way: way))
    }
    if way == .relay { try await withDatabase(run) } else { try await run(TestDatabase.current) }
  }

  /// A source of the table `src.t`, or of what `change` makes of it.
  func table(_ change: (inout PostgresSource) -> Void = { _ in }) -> PostgresSource {
    var table = PostgresSource()
    table.authorizer = way == .here ? "wh" : "crm"
    table.table = "src.t"
    change(&table)
    return table
  }

  /// A request to load `source` into `t`.
  func request(
    _ source: PostgresSource, _ mode: Flow.WriteMode, _ columns: [(String, String)], key: [Identifier] = []
  ) -> LoadRequest { connected(world.request(.postgres(source), mode, columns, key: key)) }

  /// The same request, with ways to connect.
  func connected(_ request: LoadRequest) -> LoadRequest {
    var request = request
    request.authorizer = "wh"
    let (source, reader) = (source, reader)
    request.openSource = { _ throws(Failure) in
      do {
        return SourceConnection(try await source.connect(as: reader), of: Authorizer())
      } catch {
        throw Failure(Diagnostic(.error, "connection", "\(error)"))
      }
    }
    return request
  }
}
