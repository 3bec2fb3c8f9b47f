/// Words that other tools have for what our enumerations say.
enum ChoiceSynonyms {
  /// The one of `texts` that is called `text` elsewhere.
  static func choice(meantBy text: String, among texts: [String]) -> String? {
    if let sign = signs[text.lowercased()], texts.contains(sign) { return sign }
    let plain = FieldSynonyms.plain(text)
    guard !plain.isEmpty else { return nil }
    return texts.first { choices[$0]?.contains(plain) == true }
      ?? texts.first { FieldSynonyms.plain($0) == plain }
  }

  /// What to do about a format that is none of ours.
  static func hint(for text: String, among texts: [String]) -> String? {
    guard texts.contains("csv"), formats.contains(FieldSynonyms.plain(text)) else { return nil }
    return "a program can turn it into CSV: `command: [program, argument]` and `format: csv` in place of `path`"
  }

  /// How comparators are written elsewhere.
  private static let signs = [
    "=": "==", "===": "==", "eq": "==", "equals": "==", "<>": "!=", "ne": "!=", "neq": "!=", "lt": "<", "lte": "<=",
    "le": "<=", "gt": ">", "gte": ">=", "ge": ">=", "null": "is null", "isnull": "is null", "not null": "is not null",
    "notnull": "is not null", "~": "matches", "regex": "matches", "like": "matches", "any": "in",
  ]

  private static let formats: Set<String> = ["parquet", "avro", "orc", "xlsx", "xls", "excel", "xml", "arrow", "fixed"]

  /// In the form of `FieldSynonyms.plain`, by our spelling.
  private static let choices: [String: Set<String>] = [
    "insert": ["append", "add", "incremental", "incrementalappend", "fullrefreshappend", "appendonly"],
    "insert_ignore": ["ignore", "skipduplicates", "donothing", "appendnew"],
    "truncate_insert": [
      "replace", "overwrite", "truncate", "full", "fullrefresh", "fullrefreshoverwrite", "fullload", "reload", "table",
    ],
    "upsert": [
      "merge", "update", "insertupdate", "appenddedup", "incrementaldeduped", "incrementalappenddeduped",
      "incrementaldedupedhistory", "overwritededup", "fullrefreshoverwritededuped",
    ],
    "disable": ["false", "off", "no", "none", "disabled"],
    "prefer": ["allow", "optional", "preferred"],
    "require": ["true", "on", "yes", "required", "enabled"],
    "postgresql": ["postgres", "pg", "pgsql", "psql"],
    "jsonl": ["ndjson", "jsonlines", "ldjson"],
    "csv": ["text", "txt", "delimited"],
    "tsv": ["tab", "tabs"],
    "gzip": ["gz"],
    "zstd": ["zst", "zstandard"],
    "dmy": ["ddmmyyyy", "ddmmyy", "dayfirst", "european"],
    "mdy": ["mmddyyyy", "mmddyy", "monthfirst", "american"],
    "ymd": ["yyyymmdd", "iso"],
    ".": ["point", "dot", "period"],
    ",": ["comma"],
    "additive": ["add", "evolve", "true"],
    "adapt": ["evolve", "ignore"],
    "fail": ["error", "freeze", "strict"],
  ]
}
