import Diagnostics
import JSON
import OrderedCollections
import Planning
import TestSupport
import Testing
import Views

@Suite struct ReviewTests {
  @Test("GitHub's annotations hold one diagnostic a line, and no text can begin another command")
  func gitHub() {
    let hostile = Diagnostic(
      .warning, "x", "100%\r\n::error::\u{1b}[2Jinjected",
      at: Place(file: "a,b:c\n.yaml", line: 1, column: 2, endLine: 3))
    #expect(
      gitHubAnnotations([Samples.schemaExists, hostile, Diagnostic(.error, "connection", "refused")]) == """
        ::error file=flows/orders.yaml,line=4,endLine=4,col=12,endColumn=18,title=schema-exists::schema "dbo" does not \
        exist in database "analytics"%0Ahelp: write `table: public.orders`
        ::warning file=a%2Cb%3Ac%0A.yaml,line=1,endLine=3,title=x::100%25␍%0A::error::␛[2Jinjected
        ::error title=connection::refused
        """)
    #expect(gitHubAnnotations([]).isEmpty)
  }

  @Test("A SARIF log names each code once, and files by URI")
  func sarif() throws {
    let odd = Diagnostic(.warning, "odd", "m", at: Place(file: "flows/Ä b%.yaml", line: 1, column: 1))
    let log = sarifDocument([Samples.schemaExists, odd, odd], toolVersion: "1.2.3")
    try expectGolden(log.text(.document) + "\n", "diagnostics.sarif")
  }

  @Test("Markdown for a pull request: the plan, its SQL, its diagnostics")
  func markdown() throws {
    let view = MarkdownView { _ in ["a", "b", "c", "    table: orders"] }
    try expectGolden(view.text(Samples.designPlan) + "\n", "plan.md")
    let nothing = Plan(lineage: "l", serial: 1, steps: [], diagnostics: [], authorizers: [])
    #expect(view.text(nothing) == "**Plan: 0 to create, 0 to update, 0 to delete, 0 blocked, 0 unchanged.**")
    #expect(view.text([], files: 3) == "**no errors in 3 files**")
  }

  @Test("No text ends its fenced block")
  func fences() {
    let text = MarkdownView { _ in nil }.text([Diagnostic(.error, "x", "a\n````\n@everyone <b>")], files: nil)
    #expect(text.hasPrefix("**1 error**\n\n`````text\n"))
    #expect(text.hasSuffix("\n`````"))
  }
}
