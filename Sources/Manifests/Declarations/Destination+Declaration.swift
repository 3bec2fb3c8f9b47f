extension Destination: Specification {
  public static var kind: Kind { .destination }
  public static let declaration = Declaration(record)

  static let record = Record<Destination>(
    "a destination", { Destination() },
    [
      Field(
        "authorizer", \.authorizer, .text, "The authorizer whose database is written to.", example: "wh",
        isRequired: true),
      Field(
        "defaultSchema", \.defaultSchema, .identifier, "The schema of tables that are named without one.",
        example: "public"),
      Field(
        "ledgerSchema", \.ledgerSchema, .identifier,
        "The schema of the ledger of loads; left out, that of the target table.", example: "sluice"),
    ])
}
