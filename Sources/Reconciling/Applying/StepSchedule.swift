internal import Planning
internal import State

/// Which steps of a plan may begin: each after those that it names in `after`, and else in the plan's order.
struct StepSchedule {
  /// The steps that may ever begin.
  private let steps: [Step]
  /// How many steps each one still waits for.
  private var waits: [Int]
  private let dependents: [[Int]]
  private let indexes: [String: Int]
  /// The indexes of steps that may begin, descending, by the authorizer that they need; under nothing, those that only
  /// change the state.
  private var ready: [String?: [Int]] = [:]
  private var isBegun: [Bool]
  /// The addresses of steps that are blocked, or need one that is.
  let leftOut: [String]

  /// Makes a schedule of the steps of `plan` that change anything and need none that is blocked.
  init(_ plan: Plan) {
    let steps = plan.applicable
    let applicable = Set(steps.map(\.address))
    leftOut = plan.steps.filter { ($0.action == .blocked || $0.action.isChange) && !applicable.contains($0.address) }
      .map(\.address)
    self.steps = steps
    var indexes: [String: Int] = [:]
    var waits: [Int] = []
    var dependents: [[Int]] = Array(repeating: [], count: steps.count)
    for (index, step) in steps.enumerated() {
      // Whatever stands later in the plan's order is not waited for, so that there can be no circle.
      let earlier = Set(step.after.compactMap { indexes[$0] })
      for other in earlier { dependents[other].append(index) }
      waits.append(earlier.count)
      indexes[step.address] = index
    }
    self.waits = waits
    self.dependents = dependents
    self.indexes = indexes
    isBegun = Array(repeating: false, count: steps.count)
    for index in steps.indices.reversed() where waits[index] == 0 {
      ready[steps[index].connection, default: []].append(index)
    }
  }

  /// The addresses of steps that have not begun, in the plan's order.
  var notBegun: [String] { steps.indices.filter { !isBegun[$0] }.map { steps[$0].address } }

  /// Takes the steps that only change the state and may begin, at most `limit`, in the plan's order.
  mutating func takeRecords(limit: Int) -> [Step] {
    var taken: [Step] = []
    while taken.count < limit, let index = ready[nil]?.popLast() {
      isBegun[index] = true
      taken.append(steps[index])
    }
    return taken
  }

  /// Takes the first step that may begin and whose authorizer `isFree`.
  mutating func takeStep(_ isFree: (_ authorizer: String) -> Bool) -> Step? {
    let candidates = ready.compactMap { authorizer, indexes -> (String, Int)? in
      guard let authorizer, let first = indexes.last, isFree(authorizer) else { return nil }
      return (authorizer, first)
    }
    guard let (authorizer, index) = candidates.min(by: { $0.1 < $1.1 }) else { return nil }
    ready[authorizer]?.removeLast()
    isBegun[index] = true
    return steps[index]
  }

  /// Gives back a step that could not begin after all.
  mutating func giveBack(_ step: Step) {
    guard let index = indexes[step.address] else { return }
    isBegun[index] = false
    add(index)
  }

  /// Lets those begin that waited for nothing but `step`.
  mutating func finish(_ step: Step) {
    guard let index = indexes[step.address] else { return }
    for dependent in dependents[index] {
      waits[dependent] -= 1
      if waits[dependent] == 0 { add(dependent) }
    }
  }

  private mutating func add(_ index: Int) {
    let key = steps[index].connection
    var list = ready[key] ?? []
    ready[key] = nil
    let position = list.firstIndex { $0 < index } ?? list.endIndex
    list.insert(index, at: position)
    ready[key] = list
  }
}

extension Step {
  /// The authorizer that it needs a connection of; nothing where it only changes the state.
  var connection: String? {
    operations.isEmpty && !readsBack ? nil : authorizer
  }

  /// Whether the state records of its table what only the server can say, and no plan has seen yet.
  var readsBack: Bool {
    guard let record, record.table != nil else { return false }
    return !operations.isEmpty || record.relationOID == nil
  }
}
