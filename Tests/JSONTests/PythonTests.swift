import JSON
import Subprocess
import Testing

/// Python's `json` is another's reading of the same standard: both must see the same in the same bytes.
@Suite struct PythonTests {
  /// Reads a document a line and writes each again, with numbers kept as they are.
  private static let program = """
    import json, sys
    class Number(float):
        def __new__(cls, text):
            number = float.__new__(cls, 0)
            number.text = text
            return number
        def __repr__(self):
            return self.text
    def write(value):
        if isinstance(value, Number): return value.text
        if isinstance(value, list): return "[" + ",".join(map(write, value)) + "]"
        if isinstance(value, dict):
            return "{" + ",".join(json.dumps(k) + ":" + write(v) for k, v in value.items()) + "}"
        return json.dumps(value)
    out = open(1, "w", encoding="utf-8")
    for line in open(0, encoding="utf-8", newline="\\n"):
        out.write(write(json.loads(line, parse_int=Number, parse_float=Number)) + "\\n")
    """

  @Test("Python reads what is written, and what Python writes is read, as the same values")
  func agrees() async throws {
    var random = RandomDocuments(seed: 7)
    let values = (0..<500).map { _ in random.value(depth: 0) }
    let lines = values.map { $0.text(.line) + "\n" }.joined()
    let result = try await run(
      .name("python3"), arguments: ["-c", Self.program], input: .string(lines), output: .string(limit: 10 << 20),
      error: .string(limit: 1 << 20))
    try #require(result.terminationStatus == .exited(0), "\(result.standardError)")
    let written = result.standardOutput.split(separator: "\n")
    try #require(written.count == values.count)
    for (line, value) in zip(written, values) { #expect(try JSONValue(parsing: String(line)) == value) }
  }
}
