import Catalog
import Postgres
import Secrets
import Testing

struct SQLTests {
  @Test func `Values become parameters and names are quoted`() {
    let table = QualifiedName(schema: "Sales", name: "order")
    let sql: SQL = "SELECT \(identifier: "a\"b") FROM \(name: table) WHERE id = \(value: 7) AND n = \(value: "it's")"
    #expect(sql.text == #"SELECT "a""b" FROM "Sales"."order" WHERE id = $1 AND n = $2"#)
    #expect(sql.parameters == ["7", "it's"])
  }

  @Test func `A statement within a statement is numbered on`() {
    let condition: SQL = "a = \(value: 1) AND b = \(value: nil as String?)"
    let sql: SQL = "SELECT \(value: "x") WHERE \(sql: condition) OR \(sql: condition)"
    #expect(sql.text == "SELECT $1 WHERE a = $2 AND b = $3 OR a = $4 AND b = $5")
    #expect(sql.parameters == ["x", "1", nil, "1", nil])
    #expect([condition, condition].joined(separator: "; ").text == "a = $1 AND b = $2; a = $3 AND b = $4")
    #expect((condition + " OR c").text == "a = $1 AND b = $2 OR c")
  }

  @Test func `Lists of names, raw text, literals and arrays`() {
    let names: [Identifier] = ["a", "B"]
    #expect(("(\(identifiers: names))" as SQL).text == #"(a, "B")"#)
    #expect(
      ("\(raw: "numeric(12,2)") DEFAULT \(literal: Literal("o'k"))" as SQL).text == "numeric(12,2) DEFAULT 'o''k'")
    #expect(("\(value: [1, 2])" as SQL).parameters == ["{1,2}"])
    #expect(("\(value: ["a\"b", "c\\d", ""])" as SQL).parameters == [#"{"a\"b","c\\d",""}"#])
  }

  @Test func `Printing shows no parameter`() {
    let sql: SQL = "SELECT \(value: "hunter2")"
    var dumped = ""
    dump(sql, to: &dumped)
    #expect(!"\(sql) \(String(reflecting: sql)) \(dumped)".contains("hunter2"))
  }
}

struct ConnectionParametersTests {
  @Test func `A later pair wins, and nil takes a keyword out`() {
    var parameters = ConnectionParameters([("host", "a"), ("port", "1"), ("host", "b")])
    #expect(parameters["host"] == "b")
    parameters["host"] = nil
    parameters["port"] = "2"
    parameters["user"] = "u"
    #expect(parameters == ConnectionParameters([("port", "2"), ("user", "u")]))
  }

  @Test(arguments: [
    ConnectionParameters([("host", "h"), ("password", "hunter2"), ("sslpassword", "hunter2")]),
    ConnectionParameters(url: Secret("postgresql://u:hunter2@h/d")),
    ConnectionParameters([("dbname", "postgresql://u:hunter2@h/d")]),
    ConnectionParameters([("dbname", "host=h password=hunter2")]),
  ])
  func `No way of printing shows a secret`(parameters: ConnectionParameters) {
    var dumped = ""
    dump(parameters, to: &dumped)
    let printed = "\(parameters) \(String(reflecting: parameters)) \(dumped)"
    #expect(!printed.contains("hunter2"))
    #expect(printed.contains("***"))
  }
}
