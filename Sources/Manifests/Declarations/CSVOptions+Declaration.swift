internal import JSON
internal import YAML

extension CSVOptions {
  static let record = Record<CSVOptions>(
    "csv", { CSVOptions() },
    [
      Field("delimiter", \.delimiter, .separator, "What parts the fields: a comma, for `tsv` a tab.", example: "\";\""),
      Field(
        "quote", \.quote, .separator, "What encloses a field that holds delimiters or line breaks.", example: "'\"'"),
      Field("header", \.header, .bool, "Whether the first row names the fields.", example: "true"),
      Field("null", \.null, .anyText, "The unquoted text that stands for NULL.", example: "\"NULL\""),
      Field("skipRows", \.skipRows, .int(0...Int.max), "Lines before the header that are passed over.", example: "0"),
      Field("encoding", \.encoding, .encoding, "The characters' encoding.", example: "utf-8"),
      Field(
        "decimal", \.decimal, .oneOf([".", ","]), "What parts a number's whole from its fraction.", example: "\",\""),
      Field(
        "timezone", \.timezone, .timezone, "The zone of timestamps that are written without one.",
        example: "Europe/Prague"),
      Field(
        "dateOrder", \.dateOrder, .choice, "The order of day, month and year in dates such as 05/01/2024.",
        example: "dmy"),
    ]
  ) { csv, given, reading in
    if let delimiter = csv.delimiter, delimiter == csv.quote, !given.isBroken("quote") {
      reading.refuse(
        "delimiter", "`delimiter` and `quote` are the same character", help: ["choose another delimiter"],
        because: "quote")
    }
  }
}

extension Shape where Value == String {
  /// The name of a character encoding.
  fileprivate static let encoding = text(
    "the name of an encoding such as `utf-8`",
    schema: ["type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9_.:-]*$"]
  ) { text in
    func isName(_ text: String) -> Bool {
      text.utf8.first.map(ASCII.isLetterOrDigit) == true && text.isPlain(and: "_.:-")
    }
    if isName(text) { return nil }
    let meant = text.replacing(" ", with: "-").lowercased()
    return .wants("the name of an encoding such as `utf-8`", found: text, meant: isName(meant) ? meant : nil)
  }
}
