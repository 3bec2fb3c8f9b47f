import Testing
import YAML

@Suite struct ScalarTests {
  @Test(
    "Plain scalars are what YAML 1.2's core schema says",
    arguments: [
      ("", ScalarKind.null), ("~", .null), ("null", .null), ("NULL", .null), ("nULL", .string), ("nil", .string),
      ("true", .bool), ("FALSE", .bool), ("tRUE", .string), ("yes", .string), ("no", .string), ("on", .string),
      ("off", .string), ("0", .int), ("-12", .int), ("+3", .int), ("0123", .int), ("0o17", .int), ("0o18", .string),
      ("0o", .string), ("0x1F", .int), ("0xg", .string), ("-0x1F", .string), ("1_000", .string), ("1.10", .float),
      (".5", .float), ("5.", .float), ("1e3", .float), ("1.5E-7", .float), ("1e", .string), ("e3", .string),
      (".", .string), ("-", .string), ("+.inf", .float), ("-.INF", .float), (".nan", .float), ("-.nan", .string),
      ("12:30:45", .string), ("2024-01-01", .string), ("=", .string), ("<<", .string), ("0b1", .string),
    ])
  func kinds(text: String, kind: ScalarKind) {
    #expect(Scalar(text, .plain).kind == kind)
    #expect(Scalar(text, .substituted).kind == kind)
    #expect(Scalar(text, .quoted).kind == .string)
  }

  @Test("Whole numbers have values, in three bases, as far as they fit")
  func integers() {
    #expect(Scalar("0o17", .plain).intValue == 15)
    #expect(Scalar("0x1F", .plain).intValue == 31)
    #expect(Scalar("-12", .plain).intValue == -12)
    #expect(Scalar("+0123", .plain).intValue == 123)
    #expect(Scalar("99999999999999999999", .plain).intValue == nil)
    #expect(Scalar("12", .quoted).intValue == nil)
    #expect(Scalar("1.0", .plain).intValue == nil)
  }

  @Test("Booleans have values, unless they are quoted")
  func booleans() {
    #expect(Scalar("True", .plain).boolValue == true)
    #expect(Scalar("false", .plain).boolValue == false)
    #expect(Scalar("true", .quoted).boolValue == nil)
  }
}
