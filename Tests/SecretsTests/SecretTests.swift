import Secrets
import Testing

@Suite("A secret") struct SecretTests {
  private struct Holder { var secret: Secret, secrets: [String: Secret], maybe: Secret? }

  @Test("cannot be printed, dumped, interpolated, reflected or encoded") func opaque() {
    let secret = Secret("hunter2-opaque")
    let holder = Holder(secret: secret, secrets: ["a": secret], maybe: secret)
    var dumped = ""
    dump(secret, to: &dumped)
    dump(holder, to: &dumped)
    let error = Failure(secret: secret)
    for text in [
      "\(secret)", String(reflecting: secret), String(describing: [secret]), "\(holder)", String(reflecting: holder),
      "\(error)", String(describing: Optional(secret) as Any), dumped,
    ] { #expect(!text.contains("hunter2"), "\(text)") }
    #expect(Mirror(reflecting: secret).children.isEmpty)
    #expect(!((secret as Any) is any Encodable))
    #expect(!((secret as Any) is any LosslessStringConvertible))
  }

  private struct Failure: Error { var secret: Secret }
}

@Suite("What servers and programs say") struct RedactionTests {
  @Test(
    "is shown without secrets, however they are written there",
    arguments: [
      "pa ss/wo'rd\"\\1", "pa%20ss%2Fwo%27rd%22%5C1", "pa%20ss%2fwo%27rd%22%5c1", "cGEgc3Mvd28ncmQiXDE=",
      "pa ss/wo''rd\"\\1",
      #"pa ss/wo'rd\"\\1"#,
    ])
  func spellings(_ text: String) {
    _ = Secret("pa ss/wo'rd\"\\1")
    #expect(Redaction.redacted("before \(text) and \(text)\u{301}.") == "before *** and ***\u{301}.")
  }

  @Test("is shown without the lines of a secret that has several, and without the longer of two first") func lines() {
    _ = Secret("-----BEGIN KEY-----\nMIIEvQIBADANBg\nx\n")
    #expect(Redaction.redacted("bad line MIIEvQIBADANBg: x") == "bad line ***: x")
    _ = Secret("longest-of-all")
    _ = Secret("longest")
    #expect(Redaction.redacted("longest-of-all, longest") == "***, ***")
  }

  @Test("keeps what is as short as a word, and all else") func short() {
    _ = Secret("short")
    _ = Secret("")
    #expect(Redaction.redacted("short work") == "short work")
    #expect(Redaction.redacted("") == "")
  }
}

@Suite("A program that is started") struct ChildEnvironmentTests {
  @Test("inherits neither libpq's variables nor those that hold secrets") func variables() {
    #expect(ChildEnvironment.current["PATH"] != nil)
    #expect(!ChildEnvironment.current.keys.contains { $0.hasPrefix("PG") })
    ChildEnvironment.withhold(["HOME"])
    #expect(ChildEnvironment.current["HOME"] == nil)
  }
}
