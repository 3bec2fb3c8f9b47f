internal import Diagnostics

extension TransformStep {
  /// The operations, of which a step has one.
  static let operations = ["union", "join", "filter", "select", "sql"]

  static let record = Record<TransformStep>(
    "a step", { TransformStep() },
    [
      Field(
        "name", \.name, .identifier, "What later steps call its rows; the last step's are loaded.", example: "paid",
        isRequired: true),
      Field(
        "union", \.union, .inputNames, "The rows of several inputs, by column name; what one lacks is NULL.",
        example: "[orders_eu, orders_us]"),
      Field(
        "join", \.join, .record(Join.record), "The rows of two inputs side by side, where columns are equal.",
        example: "{left: orders, right: customers, on: {customer_id: id}, take: {customer: name}}"),
      Field(
        "filter", \.filter, .record(Filter.record), "The rows of an input for which all conditions hold.",
        example: "{from: orders, where: [{column: amount, is: \">=\", value: 10}]}"),
      Field(
        "select", \.select, .record(Choice.record), "Some columns of an input.",
        example: "{from: orders, keep: [id, amount]}"),
      Field(
        "sql", \.sql, .text, "One SELECT over sources and steps before it, by name, and over nothing else.",
        example: "\"SELECT id, sum(amount) AS amount FROM paid GROUP BY id\""),
    ]
  ) { step, given, reading in
    let written = operations.filter { given.isWritten($0) }
    if written.count > 1 {
      reading.refuse(
        written[1], "`\(written[0])` and `\(written[1])` exclude each other", help: ["make a step of each"],
        because: written[0])
    } else if written.isEmpty, operations.allSatisfy({ given.isMissing($0) }) {
      reading.report(
        Diagnostic(
          .error, "missing-field", "a step needs one of `union`, `join`, `filter`, `select` and `sql`", at: given.place,
          help: ["write `filter: {from: orders, where: [{column: amount, is: \">\", value: 0}]}`"]))
    }
  }

  /// The inputs that the step reads by name, with where each name stands within it; those of `sql` are the server's to
  /// find.
  var inputs: [(path: String, name: String)] {
    if let union { return union.enumerated().map { ("union[\($0)]", $1) } }
    if let join { return [("join.left", join.left), ("join.right", join.right)] }
    if let filter { return [("filter.from", filter.from)] }
    if let select { return [("select.from", select.from)] }
    return []
  }
}

extension TransformStep.Join {
  static let record = Record<TransformStep.Join>(
    "a join", { TransformStep.Join() },
    [
      Field(
        "left", \.left, .text, "The input whose columns all stay.", example: "orders", isRequired: true),
      Field("right", \.right, .text, "The input that adds columns.", example: "customers", isRequired: true),
      Field(
        "type", \.type, .choice, "Which rows of the left input stay: those with a partner, or all (`left`).",
        example: "left"),
      Field(
        "on", \.on, .columnPairs("a map of the left input's columns to the right one's"),
        "The columns that are equal: the left input's, the right one's.", example: "{customer_id: id}", isRequired: true
      ),
      Field(
        "take", \.take, .columnPairs("a map of new names to columns of the right input"),
        "The columns that the right input adds, under these names; left out, all but those of `on`.",
        example: "{customer: name}"),
    ])
}

extension TransformStep.Filter {
  static let record = Record<TransformStep.Filter>(
    "a filter", { TransformStep.Filter() },
    [
      Field("from", \.from, .text, "The input.", example: "orders", isRequired: true),
      Field(
        "where", \.conditions,
        .list(of: .record(Condition.record), "a list of conditions, each a map with `column` and `is`", atLeast: 1),
        "Conditions; all of them must hold.", example: "[{column: amount, is: \">=\", value: 10}]", isRequired: true),
    ])
}

extension TransformStep.Choice {
  static let record = Record<TransformStep.Choice>(
    "a choice of columns", { TransformStep.Choice() },
    [
      Field("from", \.from, .text, "The input.", example: "orders", isRequired: true),
      Field(
        "keep", \.keep, .names(of: .identifier, "a list of columns"), "The columns that stay, in this order.",
        example: "[id, amount]"),
      Field(
        "discard", \.discard, .names(of: .identifier, "a list of columns"), "The columns that go.", example: "[note]"),
    ]
  ) { _, given, reading in
    if given.isWritten("keep"), given.isWritten("discard") {
      reading.refuse(
        "discard", "`keep` and `discard` exclude each other", help: ["remove one of the two"], because: "keep")
    } else if given.isMissing("keep"), given.isMissing("discard") {
      reading.report(
        .missing("keep` or `discard", in: "a choice of columns", at: given.place, help: ["write `keep: [id]`"]))
    }
  }
}

extension Condition {
  static let record = Record<Condition>(
    "a condition", { Condition() },
    [
      Field("column", \.column, .identifier, "The column.", example: "amount", isRequired: true),
      Field("is", \.comparator, .choice, "How its values are compared.", example: "\">=\"", isRequired: true),
      Field(
        "value", .oneOrMoreValues, "What they are compared with; for `in`, a list.", example: "10"
      ) { condition, values in
        condition.values = values
      } get: { condition in
        condition.values.isEmpty ? nil : condition.values
      },
    ]
  ) { condition, given, reading in
    guard !given.isBroken("is"), given.isWritten("is"), !given.isBroken("value") else { return }
    let comparator = condition.comparator
    if !comparator.takesValue {
      guard given.isWritten("value") else { return }
      reading.refuse("value", "`\(comparator.rawValue)` takes no value", help: ["remove `value`"], because: "is")
    } else if given.isMissing("value") {
      let example = comparator == .oneOf ? "[CZ, DE]" : "10"
      reading.report(
        .missing(
          "value", in: "a condition with `\(comparator.rawValue)`", at: given.place, help: ["write `value: \(example)`"]
        ))
    } else if comparator != .oneOf, condition.values.count > 1 {
      reading.refuse(
        "value", "`\(comparator.rawValue)` compares with one value, and `value` is a list",
        help: ["write `is: in` for any of several"], because: "is")
    }
  }
}
