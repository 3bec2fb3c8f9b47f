import Catalog
import Planning
import Testing

@testable import Reconciling

/// Steps begin when those that they need are done, and else in the plan's order.
@Suite("Step schedule") struct ApplyingScheduleTests {
  private func step(_ name: String, after: [String] = [], action: Step.Action = .create, runs: Bool = true) -> Step {
    var step = Step(action, name, reason: "")
    step.after = after
    step.authorizer = "wh"
    if runs { step.operations = [.createLedger(QualifiedName(schema: "s", name: Identifier(name)))] }
    return step
  }

  private func schedule(_ steps: [Step]) -> StepSchedule {
    StepSchedule(Plan(lineage: "l", serial: 0, steps: steps, diagnostics: [], authorizers: []))
  }

  @Test("nothing begins before what it names in `after`; all begin in the end", arguments: 1...20)
  func order(seed: Int) {
    var random = SystemRandomNumberGenerator()
    let steps = (0..<60).map { number in
      step(
        "\(number)", after: (0..<number).filter { _ in Int.random(in: 0..<20, using: &random) == 0 }.map(String.init),
        runs: Bool.random(using: &random))
    }
    var schedule = schedule(steps)
    var underWay: [Step] = [], done: Set<String> = []
    func finish(_ step: Step) {
      #expect(step.after.allSatisfy(done.contains), "\(step.address) began before \(step.after)")
      done.insert(step.address)
      schedule.finish(step)
    }
    while true {
      for step in schedule.takeRecords(limit: 3) { finish(step) }
      while underWay.count < 4, let step = schedule.takeStep({ _ in true }) {
        #expect(step.after.allSatisfy(done.contains), "\(step.address) began before \(step.after)")
        underWay.append(step)
      }
      guard let index = underWay.indices.randomElement(using: &random) else {
        if schedule.notBegun.isEmpty { break }
        continue
      }
      finish(underWay.remove(at: index))
    }
    #expect(done.count == steps.count)
  }

  @Test("ready steps begin in the plan's order; one that is given back keeps its place")
  func stable() throws {
    var schedule = schedule([step("c"), step("a"), step("b", after: ["c"]), step("d")])
    let first = try #require(schedule.takeStep { _ in true })
    #expect(first.address == "c")
    schedule.giveBack(first)
    #expect(schedule.takeStep { _ in false } == nil)
    #expect((0..<3).map { _ in schedule.takeStep { _ in true }?.address } == ["c", "a", "d"])
    #expect(schedule.takeStep { _ in true } == nil)
    schedule.finish(first)
    #expect(schedule.takeStep { _ in true }?.address == "b")
    #expect(schedule.notBegun == [])
  }

  @Test("what is blocked is left out with all that needs it; what is unchanged holds nothing up")
  func blocked() {
    let schedule = schedule([
      step("same", action: .unchanged), step("no", action: .blocked), step("needs", after: ["no"]),
      step("later", after: ["needs", "same"]), step("free", after: ["same", "nowhere"]),
    ])
    #expect(schedule.leftOut == ["no", "needs", "later"])
    #expect(schedule.notBegun == ["free"])
  }
}
