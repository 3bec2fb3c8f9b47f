import ArgumentParser
import Manifests

/// The days of a backfill.
struct BackfillOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp("Backfill: load the days from this one on, window by window; wants --to.", valueName: "date"))
  var from: String?
  @Option(help: ArgumentHelp("The backfill's last day.", valueName: "date")) var to: String?
  @Option(
    help: ArgumentHelp(
      """
      How long each window is: a number and d, w, m or y. Weeks start on Monday, months and years with their first day; \
      default: 1d.
      """, valueName: "step"))
  var step: String?

  /// The most windows that one backfill may have.
  private static let mostWindows = 100_000

  /// What is to be backfilled.
  struct Backfill {
    var range: DayRange
    var step: WindowStep
  }

  /// What is written; nothing where no backfill is wanted.
  ///
  /// - Throws: `ValidationError` where it says nothing.
  func backfill() throws -> Backfill? {
    guard from != nil || to != nil else {
      if step != nil { throw ValidationError("--step is for a backfill: give --from and --to with it") }
      return nil
    }
    guard let from else { throw ValidationError("--to wants --from: a backfill loads the days between the two") }
    guard let to else { throw ValidationError("--from wants --to: a backfill loads the days between the two") }
    let (first, last) = (try Self.date(from, of: "--from"), try Self.date(to, of: "--to"))
    guard let range = DayRange(from: first, to: last) else {
      throw ValidationError("--to \(to) is before --from \(from)")
    }
    guard let step = WindowStep(self.step ?? "1d") else {
      throw ValidationError("--step wants a number from 1 on and d, w, m or y, as in 1d, found '\(self.step ?? "")'")
    }
    guard range.windows(step).count <= Self.mostWindows else {
      throw ValidationError("that is more than 100,000 windows: give a longer --step, or fewer days")
    }
    return Backfill(range: range, step: step)
  }

  private static func date(_ text: String, of option: String) throws -> CivilDate {
    if let date = CivilDate(text) { return date }
    throw ValidationError("\(option) wants a day such as 2024-01-31, found '\(text)'")
  }

  /// The same options, as they are written.
  var arguments: [String] {
    (from.map { ["--from", $0] } ?? []) + (to.map { ["--to", $0] } ?? []) + (step.map { ["--step", $0] } ?? [])
  }
}
