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
  fileprivate static let encoding = pattern("the name of an encoding such as `utf-8`", "^[A-Za-z0-9][A-Za-z0-9_.:-]*$")
  {
    $0.utf8.first.map(ASCII.isLetterOrDigit) == true && $0.isPlain(and: "_.:-")
  }
}
