internal import Postgres

extension PipelineItem {
  /// `item` behind a savepoint of its own, so that its failure ends nothing else; `ApartAnswers` reads what comes back.
  static func apart(_ item: PipelineItem) -> [PipelineItem] {
    [.query("SAVEPOINT sluice_apart"), item, .query("ROLLBACK TO SAVEPOINT sluice_apart", sync: true)]
  }
}

/// The answers to items that stood apart, in their order.
struct ApartAnswers {
  private var rest: ArraySlice<PipelineResult>

  /// - Parameter opening: how many other items stood before them.
  init(_ results: some Sequence<PipelineResult>, after opening: Int) { rest = Array(results).dropFirst(opening) }

  mutating func next() -> PipelineResult? {
    let answer = rest.dropFirst().first
    rest = rest.dropFirst(3)
    return answer
  }
}
