/// Why the reading of a text stopped before its end.
struct SyntaxProblem: Error {
  /// libyaml's words: `did not find expected key`.
  var problem: String
  /// libyaml's words for what it was doing: `while parsing a block mapping`.
  var context: String?
  var mark: Mark
  /// Where that began.
  var contextMark: Mark?
  /// Whether it is no syntax at all, but lists and maps within each other without end.
  var isTooDeep = false

  init(_ problem: String, context: String? = nil, at mark: Mark, contextMark: Mark? = nil) {
    self.problem = problem
    self.context = context
    self.mark = mark
    self.contextMark = contextMark
  }

  init(deeperThan depth: Int, at mark: Mark) {
    self.init("lists and maps are nested more than \(depth) deep", at: mark)
    isTooDeep = true
  }
}
