import Foundation
import Planning
import Testing

/// Finds in the program's own sources every code that a diagnostic can have.
///
/// A code reaches a `Diagnostic` as a literal of its initialiser, or by one of the few ways in `carriers`; any other way is
/// a fault of the scan that `unknown` names, so that no code can pass it by.
struct CodeScan {
  /// What was found, with the places.
  private(set) var codes: [String: [String]] = [:]
  /// Initialisers whose code could not be told.
  private(set) var unknown: [String] = []

  /// Expressions that stand for a code, where it is not written itself; besides `code`, for which see `declaresCode`.
  private static let carriers: Set<String> = [
    "complaint.code",  // Labelled arguments `code:` of a Complaint.
    "diagnostic.code",  // Another diagnostic's.
    "id.rawValue",  // A check's.
    "problem.code",  // A TransformProblem's.
  ]

  /// Scans all Swift files below `folder`.
  init(_ folder: URL) throws {
    let files = try #require(FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil))
    for case let file as URL in files where file.pathExtension == "swift" {
      scan(try String(contentsOf: file, encoding: .utf8), file.lastPathComponent)
    }
    for id in Check.ID.allCases { codes[id.rawValue, default: []].append("Check.swift") }
  }

  /// Scans one text.
  init(text: String) { scan(text, "text") }

  private mutating func scan(_ text: String, _ file: String) {
    let code = text.split(separator: "\n", omittingEmptySubsequences: false)
      .filter { !$0.drop { $0 == " " }.hasPrefix("//") }.joined(separator: "\n")
    guard code.contains("iagnostic") || code.contains("TransformProblem(") || code.contains("ode") else { return }
    for call in code.ranges(of: #/\bDiagnostic(\.init)?\(|\.init\(\s*(?=\.(error|warning|note)\b)/#) {
      let arguments = Self.arguments(code[call.upperBound...])
      guard arguments.count > 1 else {
        unknown.append("\(file): \(code[call])…")
        continue
      }
      take(arguments[1], after: code[..<call.lowerBound], file)
    }
    for call in code.ranges(of: #/\bTransformProblem\(/#) {
      guard let first = Self.arguments(code[call.upperBound...]).first else { continue }
      let literals = first.matches(of: #/"([^"\\]*)"/#).map { String($0.output.1) }
      literals.forEach { add($0, file) }
      let name = first.filter { !$0.isWhitespace }
      if literals.isEmpty, name != "error.code", !first.contains("code:") { unknown.append("\(file): \(first)") }
    }
    for label in code.matches(of: #/[ (]code: (String = )?"([^"\\]*)"/#) { add(String(label.output.2), file) }
    for carrier in code.ranges(of: #/\b(var code: String|func \w*[cC]ode\([^{}]*-> String|let code =)[^\n]*/#) {
      findCarried(code, carrier, file)
    }
    for value in code.matches(of: #/\.code = ([^\n]*)/#).map({ String($0.output.1) }) {
      if let literal = value.wholeMatch(of: #/"([^"\\]*)"/#) {
        add(String(literal.output.1), file)
      } else if value != "code", !value.hasPrefix("Check.ID.") {
        unknown.append("\(file): .code = \(value)")
      }
    }
  }

  private mutating func take(_ argument: Substring, after text: Substring, _ file: String) {
    let literals = argument.matches(of: #/"([^"\\]*)"/#).map { String($0.output.1) }
    for literal in literals { add(literal, file) }
    guard literals.isEmpty else { return }
    let name = String(argument.filter { !$0.isWhitespace })
    let isCheck = name.wholeMatch(of: #/Check\.ID\.\w+\.rawValue/#) != nil
    let isCarried = name == "code" ? Self.declaresCode(text) : isCheck || Self.carriers.contains(name)
    if !isCarried { unknown.append("\(file): \(argument)") }
  }

  /// Whether what `code` was last declared as is searched for literals: a property, or a constant of literals or of a
  /// function that is; no parameter, which anybody may give anything.
  private static func declaresCode(_ text: Substring) -> Bool {
    let declaration = text.ranges(of: #/\b(let|var) code\b[^\n]*|\w+ code: String\b/#).last.map { text[$0] } ?? ""
    return declaration.hasPrefix("var code: String")
      || declaration.wholeMatch(of: #/let code = (.*".*|.*[cC]ode\(.*)/#) != nil
  }

  /// The literals in the body of what carries codes, or in its line.
  private mutating func findCarried(_ code: String, _ head: Range<String.Index>, _ file: String) {
    var end = head.upperBound
    if code[head].hasSuffix("{") {
      var depth = 1
      while depth > 0, end < code.endIndex {
        if code[end] == "{" { depth += 1 }
        if code[end] == "}" { depth -= 1 }
        end = code.index(after: end)
      }
    }
    for literal in code[head.lowerBound..<end].matches(of: #/"([a-z][a-z0-9]*(-[a-z0-9]+)*)"/#) {
      add(String(literal.output.1), file)
    }
  }

  private mutating func add(_ code: String, _ file: String) { codes[code, default: []].append(file) }

  /// The arguments of a call, from behind its opening parenthesis.
  private static func arguments(_ text: Substring) -> [Substring] {
    var arguments: [Substring] = []
    var start = text.startIndex
    var depth = 0
    var inLiteral = false
    var index = text.startIndex
    while index < text.endIndex {
      let character = text[index]
      if inLiteral {
        if character == "\\" { index = text.index(after: index) }
        if character == "\"" { inLiteral = false }
      } else {
        switch character {
        case "\"": inLiteral = true
        case "(", "[", "{": depth += 1
        case ")", "]", "}":
          depth -= 1
          if depth < 0 { return arguments + [text[start..<index]] }
        case "," where depth == 0:
          arguments.append(text[start..<index])
          if arguments.count == 2 { return arguments }
          start = text.index(after: index)
        default: break
        }
      }
      index = text.index(after: index)
    }
    return arguments
  }
}
