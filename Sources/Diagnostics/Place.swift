/// A stretch of text in a file: where a diagnostic points.
public struct Place: Hashable, Sendable, Codable {
  /// The file's path, relative to the project's folder, with `/` between its parts.
  public var file: String
  /// The first line, from 1.
  public var line: Int
  /// The first column, from 1, counted in Unicode scalars.
  public var column: Int
  /// The line of the last scalar, from 1.
  public var endLine: Int
  /// The column after the last scalar, from 1, counted in Unicode scalars.
  public var endColumn: Int

  /// Makes a place; without an end it is one scalar wide.
  public init(file: String, line: Int, column: Int, endLine: Int? = nil, endColumn: Int? = nil) {
    self.file = file
    self.line = line
    self.column = column
    self.endLine = endLine ?? line
    self.endColumn = endColumn ?? column + 1
  }
}

extension Place: Comparable {
  /// By file, then line, then column.
  public static func < (left: Place, right: Place) -> Bool {
    (left.file, left.line, left.column, left.endLine, left.endColumn)
      < (right.file, right.line, right.column, right.endLine, right.endColumn)
  }
}

extension Place: CustomStringConvertible {
  /// `file:line:column`, as editors and terminals link it.
  public var description: String { "\(file):\(line):\(column)" }
}
