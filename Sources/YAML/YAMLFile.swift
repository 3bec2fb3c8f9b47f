public import Diagnostics

/// What a file of YAML holds, and all that is wrong with it as YAML.
public struct YAMLFile: Sendable {
  /// The documents' values in order; an empty document is a null. What was wrong is left out.
  public private(set) var documents: [Node] = []
  /// What is wrong, in the order found; each has a place.
  public private(set) var diagnostics: [Diagnostic] = []
  /// Whether the file was read to its end: nothing that it holds is missing but for what the diagnostics name.
  public private(set) var isComplete = true

  /// Reads `bytes`, the content of the file that diagnostics call `file`.
  ///
  /// Scalars are those of YAML 1.2's core schema; the syntax is libyaml's (YAML 1.1 and nearly all of 1.2).
  public init(_ bytes: [UInt8], file: String, limits: Limits = Limits()) {
    bytes.withUnsafeBufferPointer { read(Self.withoutByteOrderMark($0), file, limits) }
  }

  private static func withoutByteOrderMark(_ bytes: UnsafeBufferPointer<UInt8>) -> UnsafeBufferPointer<UInt8> {
    bytes.starts(with: [0xef, 0xbb, 0xbf]) ? UnsafeBufferPointer(rebasing: bytes[3...]) : bytes
  }

  private mutating func read(_ text: UnsafeBufferPointer<UInt8>, _ file: String, _ limits: Limits) {
    if let (offset, problem) = CharacterCheck.firstProblem(in: text) {
      let place = CharacterCheck.place(of: offset, in: text, file: file)
      diagnostics.append(CharacterCheck.diagnostic(of: problem, at: place))
      isComplete = false
      return
    }
    if text.isEmpty { return }
    do {
      var builder = TreeBuilder(try EventReader(text), file: file, limits: limits)
      while let document = try step(&builder) { documents.append(document) }
      diagnostics += builder.diagnostics
    } catch {
      diagnostics.append(error.diagnostic(in: text, file: file))
      isComplete = false
    }
  }

  /// The next document; what was found before a syntax error is kept.
  private mutating func step(_ builder: inout TreeBuilder) throws(SyntaxProblem) -> Node? {
    do {
      return try builder.document()
    } catch {
      diagnostics += builder.diagnostics
      throw error
    }
  }
}
