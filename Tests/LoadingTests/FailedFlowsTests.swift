import Testing

@testable import Loading

@Suite struct FailedFlowsTests {
  /// `a` failed at 5; `b` comes after it, `c` after `b`, `d` after both, `e` stands alone.
  static let after = ["a": [], "b": ["a"], "c": ["b"], "d": ["a", "c"], "e": []]

  private func failed(_ loads: [String: (Bool, Double)], of flows: [String: [String]] = after) -> [String] {
    failedFlows(flows, last: loads.mapValues { LastLoad(hasFailed: $0.0, finished: $0.1) }).sorted()
  }

  @Test("Flows whose last load failed, and those after them that have no newer load")
  func skipped() {
    #expect(failed([:]) == [])
    #expect(failed(["a": (false, 5), "b": (false, 6)]) == [])
    #expect(failed(["a": (true, 5)]) == ["a", "b", "c", "d"])
    #expect(failed(["a": (true, 5), "b": (false, 4), "e": (true, 1)]) == ["a", "b", "c", "d", "e"])
    // One that was loaded by hand since is not skipped any more; those after it still are.
    #expect(failed(["a": (true, 5), "b": (false, 6)]) == ["a", "c", "d"])
    #expect(failed(["b": (true, 5), "a": (false, 6), "d": (false, 7)]) == ["b", "c"])
  }

  @Test("Of several failures the newest counts")
  func several() {
    #expect(failed(["a": (true, 5), "c": (true, 9), "d": (false, 7), "b": (false, 6)]) == ["a", "c", "d"])
    #expect(failed(["a": (true, 9), "c": (true, 5), "d": (false, 7), "b": (false, 10)]) == ["a", "c", "d"])
    #expect(failed(["a": (true, 5), "c": (true, 6), "d": (false, 7), "b": (false, 6)]) == ["a", "c"])
  }

  @Test("A flow that is not asked about skips nobody")
  func narrow() {
    #expect(failed(["a": (true, 5)], of: ["b": ["a"], "c": ["b"]]) == [])
    #expect(failed(["a": (true, 5)], of: ["a": [], "c": ["b"]]) == ["a"])
  }
}

@Suite struct LoadQueueTests {
  @Test("Flows come in their order, after those that they name, one at a time for a table")
  func order() {
    var queue = LoadQueue([("a", ["c", "elsewhere"], "t"), ("b", [], "t"), ("c", [], "u"), ("d", [], "t")])
    #expect(queue.next() == "b")
    #expect(queue.next() == "c")
    #expect(queue.next() == nil)
    #expect(queue.finish("b", failed: false).isEmpty)
    #expect(queue.next() == "d")
    #expect(queue.finish("c", failed: false).isEmpty)
    #expect(queue.next() == nil)
    #expect(queue.finish("d", failed: true).isEmpty)
    #expect(queue.next() == "a")
    #expect(queue.waiting == [])
  }

  @Test("A failure skips all that come after it, each once")
  func skips() {
    var queue = LoadQueue([
      ("a", [], "a"), ("b", [], "b"), ("c", ["a", "b"], "c"), ("d", ["c"], "d"), ("e", ["b"], "e"), ("f", [], "f"),
    ])
    #expect(queue.next() == "a")
    #expect(queue.next() == "b")
    #expect(queue.finish("a", failed: true).map { "\($0.name) \($0.cause)" } == ["c a", "d c"])
    #expect(queue.finish("b", failed: true).map { "\($0.name) \($0.cause)" } == ["e b"])
    #expect(queue.waiting == ["f"])
  }
}
