import TestSupport

/// A CSV file of rows that are hard to read, and the same rows as PostgreSQL 15 reads them without losing one.
struct AwkwardRows {
  /// How a field stands in the file.
  enum Field: Equatable {
    /// Nothing: NULL.
    case null
    case plain(String)
    case quoted(String)

    /// As it is written.
    var csv: String {
      switch self {
      case .null: ""
      case .plain(let text): text
      case .quoted(let text): "\"" + text.replacing("\"", with: "\"\"") + "\""
      }
    }
  }

  /// The way a file is laid out.
  struct Layout {
    var lineEnd = "\n"
    var endsWithLineEnd = true
    var hasMark = false
  }

  /// In the file's order.
  var names: [String]
  var rows: [[Field]]
  var layout = Layout()

  /// The bytes of the file.
  var bytes: [UInt8] {
    let lines = ([names.map { Field.plain($0) }] + rows).map { $0.map(\.csv).joined(separator: ",") }
    return (layout.hasMark ? [0xEF, 0xBB, 0xBF] : [])
      + Array((lines.joined(separator: layout.lineEnd) + (layout.endsWithLineEnd ? layout.lineEnd : "")).utf8)
  }

  /// The bytes of a file that COPY reads as the same rows: it takes a byte order mark for data, and ends at a line of
  /// just `\.`.
  var bytesForCopy: [UInt8] {
    var plain = self
    plain.layout.hasMark = false
    plain.rows = rows.map { $0.map { $0 == .plain("\\.") ? .quoted("\\.") : $0 } }
    return plain.bytes
  }

  /// A row each.
  func row(_ index: Int) -> AwkwardRows { AwkwardRows(names: names, rows: [rows[index]]) }

  /// Columns, their types and what their fields may be.
  static let columns: [(name: String, type: String, fields: [Field])] = [
    ("a", "text", texts), ("b", "character varying(30)", texts.filter { $0.length <= 30 }),
    ("c", "numeric(14,3)", [.null, .plain("0"), .plain("-12.3455"), .quoted("99999999999.9994"), .plain(" 1e3 ")]),
    (
      "d", "timestamp with time zone",
      [.null, .plain("2024-02-29 10:00:00+02"), .quoted("2024-01-31T23:59:59.999999Z"), .plain("2024-03-31 02:30")]
    ),
    ("e", "boolean", [.null, .plain("t"), .quoted("false"), .plain("yes")]),
    ("f", "bytea", [.null, .plain("\\x00ff"), .quoted("\\\\ a\\000b")]),
    ("g", "jsonb", [.null, .quoted("{\"b\": \"q\\\"\\n\", \"a\": [1.50, null]}"), .plain("12")]),
    ("h", "character(5)", [.null, .plain("ab"), .quoted("ž  "), .quoted("")]),
    ("i", "integer[]", [.null, .plain("{}"), .quoted("{1,NULL,3}")]),
    ("j", "double precision", [.null, .plain("-0"), .plain("0.1"), .plain("1e-320"), .quoted("NaN")]),
  ]

  /// What a text may be.
  static let texts: [Field] =
    [
      "", " ", "\\.", "\\N", "\\n", "\"", "\"\"", "a\"b", "a\nb", "a\r\nb", "a\rb", "\n\\.\n", "\r\n", "tab\there", ",",
      "a,b", "back\\slash", "\\\\", "ends with \\", "NULL", "null", "😀", "žluťoučký", "\u{FEFF}mark", "e\u{301}",
      "\u{1}",
      "\u{7F}", "'", "a b ", "日本語", "\u{2028}",
    ].flatMap { text -> [Field] in
      let mustBeQuoted = text.isEmpty || text.utf8.contains { [0x22, 0x2C, 0x0A, 0x0D].contains($0) }
      return mustBeQuoted ? [.quoted(text)] : [.plain(text), .quoted(text)]
    } + [.null, .null]

  /// Random rows: `id` in any place, fields of some of the columns, all in any order.
  init(rows count: Int, ids: [Int], hasNullKeys: Bool = true, using random: inout SeededGenerator) {
    // A column of the text key is always there.
    let chosen = Self.columns.filter { $0.name == "a" || Int.random(in: 0..<4, using: &random) > 0 }
    let order = (0...chosen.count).map { $0 }.shuffled(using: &random)
    var rows: [[Field]] = []
    for row in 0..<count {
      let fields: [Field] =
        [.plain("\(ids[row])")]
        + chosen.map { column in
          while true {
            let field = random.pick(column.fields)
            if hasNullKeys || column.name != "a" || field != .null { return field }
          }
        }
      rows.append(order.map { fields[$0] })
    }
    names = order.map { (["id"] + chosen.map(\.name))[$0] }
    self.rows = rows
    layout = Layout(
      lineEnd: random.pick(["\n", "\r\n"]), endsWithLineEnd: random.pick([true, false]),
      hasMark: random.pick([true, false]))
  }

  init(names: [String], rows: [[Field]], layout: Layout = Layout()) {
    self.names = names
    self.rows = rows
    self.layout = layout
  }
}

extension AwkwardRows.Field {
  /// In characters as PostgreSQL counts them.
  var length: Int {
    switch self {
    case .null: 0
    case .plain(let text), .quoted(let text): text.unicodeScalars.count
    }
  }
}
