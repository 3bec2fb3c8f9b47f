internal import Diagnostics

/// A row that cannot be taken apart, or that holds a value that the client refuses before the server sees it.
struct RowFault: Error {
  /// What is wrong with it.
  enum Kind {
    case tooManyFields(expected: Int, found: Int)
    case tooFewFields(expected: Int, found: Int)
    case nulByte
    case invalidUTF8
    case bareReturn
    case unclosedQuote
    /// Something else stands where `expected` should.
    case invalidJSON(expected: String)
    case notAnObject
    case loneSurrogate
    /// A number with a point, in a source whose decimals have a comma.
    case pointInNumber(column: String, value: String)
    /// A date whose day and month could be either.
    case ambiguousDate(column: String, value: String)
  }

  var kind: Kind
  var file: String
  var line: Int
  /// From 1, in Unicode scalars.
  var column: Int

  /// One sentence about it.
  var message: String {
    switch kind {
    case .tooManyFields(let expected, let found): "the row has \(found) fields, the header \(expected)"
    case .tooFewFields(let expected, let found): "the row has only \(found) of the header's \(expected) fields"
    case .nulByte: "the row has a NUL byte, which PostgreSQL's text cannot hold"
    case .invalidUTF8: "the row has a byte that is no UTF-8"
    case .bareReturn: "the row has a carriage return without a line feed outside quotes"
    case .unclosedQuote: "a quote is opened here and never closed"
    case .invalidJSON(let expected): "the row is no valid JSON: \(expected) should stand here"
    case .notAnObject: "this is no JSON object, which a row is"
    case .loneSurrogate: "the row has half of a surrogate pair, which is no character"
    case .pointInNumber(let column, let value):
      "\"\(value)\" of column \(column) has a point, and `decimal` is a comma"
    case .ambiguousDate(let column, let value):
      "\"\(value)\" of column \(column) may be day/month or month/day, which is never guessed"
    }
  }

  /// The SQLSTATE that PostgreSQL gives for the same.
  var sqlState: String {
    switch kind {
    case .tooManyFields, .tooFewFields, .bareReturn, .unclosedQuote: "22P04"
    case .nulByte, .invalidUTF8, .loneSurrogate: "22021"
    case .invalidJSON, .notAnObject, .pointInNumber: "22P02"
    case .ambiguousDate: "22007"
    }
  }

  /// The stable name of a diagnostic about it.
  var code: String {
    switch kind {
    case .ambiguousDate, .pointInNumber: "bad-value"
    default: "bad-row"
    }
  }

  /// The same for people.
  var diagnostic: Diagnostic {
    var help: [String] = []
    switch kind {
    case .tooManyFields: help = ["a field that holds the delimiter must stand in quotes"]
    case .invalidUTF8:
      help = ["text is read as UTF-8; CSV of another encoding wants `csv: {encoding: latin1}`, for example"]
    case .bareReturn: help = ["rows end in LF or CRLF; a carriage return that is data must stand in quotes"]
    case .unclosedQuote: help = ["a quote that is data is doubled, within quotes: `\"5\"\" pipe\"`"]
    case .ambiguousDate: help = ["write `csv: {dateOrder: dmy}` (or mdy, ymd) on the source"]
    case .pointInNumber: help = ["numbers are written without thousands separators: `1234,5`"]
    case .tooFewFields, .nulByte, .invalidJSON, .notAnObject, .loneSurrogate: break
    }
    return Diagnostic(.error, code, message, at: Place(file: file, line: line, column: column), help: help)
  }
}
