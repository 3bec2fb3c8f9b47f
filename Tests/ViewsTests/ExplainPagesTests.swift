import Foundation
import Testing

@testable import Views

@Suite("Pages of codes") struct ExplainPagesTests {
  private static let sources = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().appending(path: "Sources")

  @Test("Every code in the sources has a page, and every page a code")
  func complete() throws {
    let scan = try CodeScan(Self.sources)
    #expect(scan.unknown == [])
    #expect(scan.codes.count > 120)
    let pages = Set(CodePage.all.map(\.code))
    let without = scan.codes.filter { !pages.contains($0.key) }
    #expect(without.isEmpty, "codes without a page in Sources/Views/Explain/Pages: \(without)")
    let idle = pages.subtracting(scan.codes.keys)
    #expect(idle.isEmpty, "pages of codes that nothing gives: \(idle.sorted())")
    #expect(CodePage.all.count == pages.count, "a code has two pages")
  }

  @Test("The scan finds codes in each form, and names those that it cannot tell")
  func scan() {
    let known = CodeScan(
      text: #"""
        Diagnostic(.error, "one", "message (\(of("x")))")
        throw Failure(.init(
          .warning, isBad ? "two" : "three", "m"))
        Complaint("m", code: "four")
        let code = isBad ? "five" : other(error)
        Diagnostic(.error, code, "m")
        diagnostic.code = "seven"
        func diagnosticCode(
          _ error: Failure
        ) -> String {
          switch error.state { case "42P01": return "six" }
        }
        // Diagnostic(.error, "comment", "m")
        """#)
    #expect(known.codes.keys.sorted() == ["five", "four", "one", "seven", "six", "three", "two"])
    #expect(known.unknown == [])
    #expect(CodeScan(text: "Diagnostic(.error, name(of: x), \"m\")").unknown.count == 1)
    for declaration in ["func make(_ code: String)", "let code = name(of: x)", ""] {
      #expect(CodeScan(text: "\(declaration) { Diagnostic(.error, code, \"m\") }").unknown.count == 1)
    }
    #expect(CodeScan(text: "Diagnostic(.error, kind.rawValue, \"m\")").unknown.count == 1)
    #expect(CodeScan(text: "diagnostic.code = name(of: x)").unknown.count == 1)
  }

  @Test("A reason is explained by the page of its code")
  func reasons() {
    #expect(Topics.explanations(of: "wrong-password").map(\.topic) == ["connection"])
    #expect(Topics.explanations(of: "host-key-changed").map(\.topic) == ["tunnel"])
    #expect(Topics.explanations(of: "refused").map(\.topic) == ["connection", "tunnel"])
    #expect(Topics.explanations(of: "read-only").map(\.topic) == ["read-only"])
  }

  @Test("Pages are short, and point at topics that exist")
  func pages() {
    for page in CodePage.all {
      let title = Comment(rawValue: page.code)
      #expect(page.meaning.last == "." || page.meaning.hasSuffix(")."), title)
      #expect(page.meaning.count <= 160 && page.reason.count <= 260, title)
      #expect(!page.causes.isEmpty, title)
      for topic in page.related { #expect(!Topics.explanations(of: topic).isEmpty, "\(page.code): \(topic)") }
    }
  }
}
