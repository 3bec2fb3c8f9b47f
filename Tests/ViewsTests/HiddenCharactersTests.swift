import Testing

@testable import Views

@Suite("A script") struct HiddenCharactersTests {
  @Test(
    "shows what a terminal would obey as SQL's own escapes",
    arguments: [
      (#"GRANT SELECT ON "a""b" TO c;"#, #"GRANT SELECT ON "a""b" TO c;"#),
      ("\"a\u{1b}[2J\"\"\\\".t", #"U&"a\001b[2J""\\".t"#),
      ("'x\u{202e}''y' || \"z\"", #"U&'x\202e''y' || "z""#),
      ("\"\u{e0001}\"", #"U&"\+0e0001""#),
      ("\"two\nlines\"", "\"two\nlines\""),
      ("E'\u{1b}\\n' -- it's \"\n\"\u{7}\"", "E'\u{1b}\\n' -- it's \"\nU&\"\\0007\""),
      ("\"open\u{1b}", #"U&"open\001b"#),
    ])
  func escapes(_ script: String, _ shown: String) { #expect(showingHidden(in: script) == shown) }
}
