import Diagnostics
import Testing

@Suite struct NearestTests {
  @Test(
    "Finds the name that was probably meant",
    arguments: [
      ("colunms", ["columns", "comments"], "columns"),
      ("Table", ["table", "label"], "table"),
      ("writemode", ["writeMode", "wroteMode"], "writeMode"),
      ("teh", ["the", "tech"], "tech"),
      ("ordres", ["orders", "ordinals"], "orders"),
      ("clumn", ["column", "columns"], "column"),
      ("schéma", ["schema"], "schema"),
    ])
  func finds(name: String, known: [String], expected: String) {
    #expect(nearest(to: name, in: known) == expected)
  }

  @Test(
    "Finds none where none is near",
    arguments: [
      ("colour", ["table", "columns"]), ("a", ["xyz"]), ("", ["ab"]), ("orders", []), ("abcdef", ["uvwxyz"]),
    ])
  func findsNone(name: String, known: [String]) {
    #expect(nearest(to: name, in: known) == nil)
  }

  @Test("The distance counts insertions, deletions, substitutions and swaps one each, up to a third of the name")
  func bound() {
    #expect(nearest(to: "abcdef", in: ["abcdefgh"]) == "abcdefgh")
    #expect(nearest(to: "abcdef", in: ["abcdefghi"]) == nil)
    #expect(nearest(to: "abcdef", in: ["badcef"]) == "badcef")
    #expect(nearest(to: "abcdef", in: ["badcfe"]) == nil)
    #expect(nearest(to: "ab", in: ["ac"]) == "ac")
    #expect(nearest(to: "ab", in: ["cd"]) == nil)
  }

  @Test("Of equally near names the first by name is taken, whatever the order")
  func ties() {
    for known in [["bad", "bed", "bid"], ["bid", "bed", "bad"], ["bed", "bid", "bad"]] {
      #expect(nearest(to: "bud", in: known) == "bad")
    }
    #expect(nearest(to: "bud", in: ["bad", "bud"]) == "bud")
  }

  @Test("Suggestions name the nearest, and all where the list is short")
  func hints() {
    #expect(
      suggestions(for: "tabel", in: ["key", "table"], called: "fields")
        == ["did you mean `table`?", "fields: key, table"])
    #expect(suggestions(for: "x", in: [String](), called: "fields").isEmpty)
    let many = (1...21).map { "name\($0)" }
    #expect(suggestions(for: "name1x", in: many, called: "names").count == 1)
    #expect(suggestions(for: "zzz", in: many, called: "names").isEmpty)
    #expect(suggestions(for: "zzz", in: Array(many.prefix(20)), called: "names").count == 1)
  }
}
