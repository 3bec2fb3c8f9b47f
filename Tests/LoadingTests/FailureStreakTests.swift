import Testing

@testable import Loading

@Suite struct FailureStreakTests {
  @Test(
    "Loads that failed count once, whatever their tries, and from the last resumption on",
    arguments: [
      ([], 1, 0, 0), ([1], 1, 1, 1), ([1, 1], 1, 2, 2), ([1, 2, 3], 1, 1, 1), ([1, 2, 1, 2], 1, 2, 2),
      ([2, 3, 1], 1, 2, 2), ([1, 1, nil], 1, 0, 2), ([1, 1, nil, 1], 1, 1, 2), ([nil, 2], 1, 1, 1),
      // The load itself succeeded at its third try.
      ([1, 2], 3, 0, 0), ([1, 1, 2], 3, 1, 1), ([1, 2, 3, 2], 3, 1, 1), ([1, nil], 3, 0, 1),
    ] as [([Int?], Int, Int, Int)])
  func counts(_ rows: [Int?], _ attempt: Int, _ failures: Int, _ longest: Int) {
    let streak = FailureStreak(rows, before: attempt)
    #expect(streak.failures == failures)
    #expect(streak.longest == longest)
  }
}
