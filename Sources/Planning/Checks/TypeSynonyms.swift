internal import Diagnostics

/// Names that other systems have for PostgreSQL's types.
///
/// They are looked at only once the server has said that it knows no such type: a domain may have any of these names.
enum TypeSynonyms {
  /// PostgreSQL's type for what is called `type` elsewhere, with its arguments; nothing for other names.
  static func type(meantBy type: String) -> String? {
    let text = type.lowercased()
    let name = text.prefix { $0 != "(" && $0 != "[" }
    let rest = text.dropFirst(name.count)
    let bare = name.filter { $0 != " " && $0 != "_" && $0 != "-" }
    if let found = types.first(where: { $0.value.contains(bare) })?.key {
      // Only these take the same arguments as their namesakes.
      let isWithArguments = ["varchar", "char", "numeric"].contains(found) && bare != "string"
      let suffix = rest.hasSuffix("[]") ? "[]" : ""
      let arguments = rest.prefix { $0 != "[" }
      return found + (isWithArguments ? arguments : "") + suffix
    }
    // varchar255
    let letters = bare.prefix { $0.isLetter }
    let digits = bare.dropFirst(letters.count)
    guard ["varchar", "char", "character", "numeric", "bit"].contains(letters), rest.isEmpty, !digits.isEmpty,
      digits.allSatisfy({ $0.isASCII && $0.isNumber })
    else { return rest.isEmpty ? nearest(to: bare, in: ordinary) : nil }
    return "\(letters)(\(digits))"
  }

  private static let ordinary = [
    "bigint", "boolean", "bytea", "date", "integer", "interval", "jsonb", "numeric", "smallint", "text", "timestamp",
    "timestamptz", "uuid", "varchar",
  ]

  /// Without spaces, `_` and `-`.
  private static let types: [String: Set<String>] = [
    "text": ["string", "str", "clob", "longtext", "mediumtext", "tinytext", "ntext", "object", "utf8", "enum"],
    "varchar": ["varchar2", "nvarchar", "nvarchar2"],
    "char": ["nchar"],
    "bigint": ["int64", "long", "uint32", "unsignedint", "biginteger", "bigintunsigned", "intunsigned"],
    "integer": ["int32", "mediumint", "uint16"],
    "smallint": ["int16", "tinyint", "int8bit", "byteint", "short", "uint8"],
    "numeric": ["number", "bignumeric", "bigdecimal", "uint64", "dec128", "decimal128"],
    "double precision": ["float64", "double"],
    "real": ["float32", "single"],
    "timestamptz": ["datetime", "datetime2", "datetimeoffset", "timestampltz", "datetimetz", "instant"],
    "timestamp": ["timestampntz", "smalldatetime"],
    "boolean": ["logical", "bit1"],
    "bytea": ["binary", "varbinary", "blob", "bytes", "longblob", "image"],
    "jsonb": ["variant", "struct", "map", "dict", "super"],
    "uuid": ["guid", "uniqueidentifier"],
  ]
}
