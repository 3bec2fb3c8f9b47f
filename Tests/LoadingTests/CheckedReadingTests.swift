import Catalog
import Diagnostics
import Manifests
import Planning
import Postgres
import TestSupport
import Testing

@testable import Loading

/// A load itself refuses SQL that would reach beyond its inputs, whatever a plan has let pass.
@Suite("SQL of steps, as a load sees it", .freshDatabase, .timeLimit(.minutes(15)))
struct CheckedReadingTests {
  static let setUp = """
    CREATE TABLE t (id int);
    CREATE TABLE secret (id int); INSERT INTO secret VALUES (42);
    CREATE SEQUENCE s;
    CREATE FUNCTION writes(int) RETURNS int LANGUAGE sql AS 'INSERT INTO public.secret VALUES ($1) RETURNING id';
    CREATE FUNCTION hides(int) RETURNS int LANGUAGE plpgsql IMMUTABLE AS
      $$ BEGIN RETURN public.writes($1); END $$;
    CREATE FUNCTION same(int, int) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT public.hides($1) = $2';
    CREATE OPERATOR public.=== (FUNCTION = public.same, LEFTARG = int, RIGHTARG = int);
    CREATE AGGREGATE public.gather(int) (SFUNC = int4pl, STYPE = int);
    """

  static let refused = [
    "SELECT writes(id) AS id FROM source", "SELECT public.writes(id) AS id FROM source",
    "SELECT public.hides(id) AS id FROM source", "SELECT id FROM source WHERE id OPERATOR(public.===) 1",
    "SELECT public.gather(id) AS id FROM source", "SELECT id FROM public.secret UNION SELECT id FROM source",
    "SELECT s.id FROM source s WHERE EXISTS (SELECT FROM public.secret)",
    "SELECT (SELECT max(id) FROM public.secret) AS id FROM source",
    "SELECT nextval('public.s')::int AS id FROM source", "SELECT id FROM source, set_config('role', 'x', true)",
    "SELECT id FROM source, query_to_xml('DELETE FROM public.secret', true, true, '') x",
    "SELECT id FROM source, table_to_xml('public.secret', true, true, '') x",
    "WITH d AS (DELETE FROM public.secret RETURNING id) SELECT id FROM d UNION SELECT id FROM source",
    "SELECT 1 AS id) s; DELETE FROM public.secret; --", "SELECT id FROM source) SELECT 1 AS id; --",
    "SELECT 1 AS id), d AS (DELETE FROM public.secret RETURNING id), e AS (SELECT id FROM source",
    "SELECT oid::int AS id FROM pg_catalog.pg_authid", "SELECT id FROM source, pg_sleep(0)",
    "SELECT id FROM source, pg_read_file('/etc/passwd') f", "SELECT lo_creat(-1)::int AS id FROM source",
    "SELECT id INTO TEMP stolen FROM source", "DELETE FROM source RETURNING id",
    "TABLE public.secret",
  ]

  @Test("is refused, and nothing is done by it", arguments: CheckedReadingTests.refused)
  func refuse(sql: String) async throws {
    let world = try await LoadingWorld(Self.setUp, files: ["in.csv": "id\n1\n"])
    let outcome = try await world.load(request(sql, world))
    #expect(["sql-step", "transform-step"].contains(outcome.error?.code), "\(String(describing: outcome.error))")
    #expect(try await world.database.rows("SELECT * FROM secret") == [["42"]])
    #expect(try await world.database.value("SELECT is_called FROM s") == "f")
    #expect(try await world.rows() == [])
  }

  static let taken = [
    "SELECT id FROM source", "SELECT max(id)::int AS id FROM source GROUP BY id % 7 HAVING count(*) > 0",
    "SELECT id + (random() * 0)::int AS id FROM source ORDER BY gen_random_uuid() LIMIT 5",
    "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1) SELECT id FROM source, n",
    "SELECT row_number() OVER (ORDER BY id)::int AS id FROM source", "VALUES (1)", "TABLE source",
    "SELECT id FROM source, LATERAL generate_series(1, 1) g, jsonb_to_record('{\"a\": 1}') AS j(a int)",
    "SELECT id /* ; DELETE */ FROM source WHERE ';' <> $$)$$ -- )",
    "SELECT id FROM (SELECT id, now(), current_user, pg_typeof(id) FROM source) x",
  ]

  @Test("is taken where it reads its inputs alone", arguments: CheckedReadingTests.taken)
  func take(sql: String) async throws {
    let world = try await LoadingWorld(Self.setUp, files: ["in.csv": "id\n1\n"])
    var request = request(sql, world)
    if sql == "VALUES (1)" { request.columns[0].from = .field("column1") }
    let outcome = try await world.load(request)
    #expect(outcome.error == nil, "\(String(describing: outcome.error))")
    #expect(try await world.rows() == [["1"]])
  }

  private func request(_ sql: String, _ world: LoadingWorld) -> LoadRequest {
    var request = world.request("in.csv", .insert, [("id", "integer")])
    var step = TransformStep()
    step.name = "made"
    step.sql = sql
    request.transform = [step]
    request.inputs = [TransformInput(name: "source", columns: [.init(name: "id", type: "integer")])]
    return request
  }
}
