/// A path that may hold days: `data/sales_{{7d1|Ymd}}.csv` stands for one path for each day of the range.
///
/// `{{today|...}}` is `{{0d0|...}}`, and `{{yesterday|...}}` is `{{1d1|...}}`. Where there are several expressions, all have
/// one range, and each path takes one day for all of them.
public struct PathTemplate: Hashable, Sendable {
  private enum Piece: Hashable {
    case text(Substring)
    case day(DateFormat)
  }

  private var pieces: [Piece] = []
  /// The days that it stands for; nothing where it holds no expression.
  public private(set) var range: RelativeRange?

  /// Reads a path.
  ///
  /// - Throws: what is wrong with it, and where.
  public init(_ text: String) throws(RangeProblem) {
    var rest = text[...]
    while let opening = rest.firstRange(of: "{{") {
      let start = text.unicodeScalars.distance(from: text.startIndex, to: opening.upperBound)
      guard let closing = rest[opening.upperBound...].firstRange(of: "}}") else {
        throw RangeProblem(
          "has a `{{` without `}}` behind it", at: start - 2..<text.unicodeScalars.count,
          help: ["write `{{7d1|Ymd}}`: a range, and how its days are written"])
      }
      if opening.lowerBound > rest.startIndex { pieces.append(.text(rest[..<opening.lowerBound])) }
      try add(rest[opening.upperBound..<closing.lowerBound], at: start)
      rest = rest[closing.upperBound...]
    }
    if !rest.isEmpty { pieces.append(.text(rest)) }
    if range != nil { try refuseLeaving(text) }
  }

  /// Reads what stands between the braces.
  private mutating func add(_ expression: Substring, at start: Int) throws(RangeProblem) {
    let halves = expression.split(separator: "|", maxSplits: 1, omittingEmptySubsequences: false)
    let written = halves[0].drop { $0 == " " }
    let name = String(written.reversed().drop { $0 == " " }.reversed())
    let position = start + halves[0].count - written.count
    let part =
      name.isEmpty
      ? start - 2..<start + expression.unicodeScalars.count + 2 : position..<position + name.unicodeScalars.count
    let found: RelativeRange? =
      switch name {
      case "today": RelativeRange(from: 0, .day, to: 0)
      case "yesterday": RelativeRange(from: 1, .day, to: 1)
      default: RelativeRange(name)
      }
    guard let found else { throw .noRange(name, at: part, or: ", `today` or `yesterday`") }
    guard halves.count == 2 else {
      throw RangeProblem(
        "does not say how the days of `\(name)` are written", at: part, help: ["write `{{\(name)|Ymd}}`"])
    }
    if let range, range != found {
      throw RangeProblem(
        "has the range `\(name)` beside `\(range)`, and a path goes through one range, day by day", at: part,
        help: ["write the same range in both, or a source for each in the flow's `sources:`"])
    }
    range = found
    let format = Self.trimmed(halves[1])
    let offset = expression.unicodeScalars.distance(from: expression.startIndex, to: format.startIndex)
    do { pieces.append(.day(try DateFormat(format))) } catch { throw error.moved(by: start + offset) }
  }

  /// A format without the blanks around it, but for one that is escaped.
  private static func trimmed(_ format: Substring) -> Substring {
    var format = format.drop { $0 == " " }
    while format.last == " ", format.dropLast().last != "\\" { format.removeLast() }
    return format
  }

  /// Refuses `..` behind an expression, or made by one: nobody looks for that there, and without the expression's slashes
  /// it would lead elsewhere.
  private func refuseLeaving(_ text: String) throws(RangeProblem) {
    func steps(_ path: some StringProtocol) -> Int { path.split(separator: "/").count { $0 == ".." } }
    let literal = text.firstRange(of: "{{").map { text[..<$0.lowerBound] } ?? text[...]
    guard steps(path(on: CivilDate(day: 0))) != steps(literal) else { return }
    throw RangeProblem(
      "has `..` behind what stands for days", at: 0..<text.unicodeScalars.count,
      help: ["write the path without it"])
  }

  /// The path of one day.
  public func path(on date: CivilDate) -> String {
    pieces.reduce(into: "") { path, piece in
      switch piece {
      case .text(let text): path += text
      case .day(let format): path += format.text(of: date)
      }
    }
  }

  /// A glob that fits the paths of all days.
  public var glob: String {
    pieces.reduce(into: "") { path, piece in
      switch piece {
      case .text(let text): path += text
      case .day(let format): path += format.glob
      }
    }
  }
}

extension FileSource {
  /// Its path with what it holds of days; nothing where it holds none.
  public var template: PathTemplate? {
    guard path.utf8.contains(UInt8(ascii: "{")), let template = try? PathTemplate(path), template.range != nil else {
      return nil
    }
    return template
  }

  /// A glob for its files, those of whatever day.
  public var glob: String { template?.glob ?? path }
}
