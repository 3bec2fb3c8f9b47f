import Diagnostics
import JSON
import Manifests
import Planning
import TestSupport
import Testing

@testable import Views

@Suite struct ExplainTests {
  @Test("Every name that is known explains itself, by its own name")
  func names() {
    #expect(Topics.names.count > 250)
    for name in Topics.names {
      let pages = Topics.explanations(of: name)
      #expect(!pages.isEmpty, "\(name)")
      for page in pages { #expect(!page.summary.isEmpty) }
    }
    for kind in Kind.allCases {
      #expect(Topics.explanations(of: kind.rawValue).contains { $0.group == .kind })
      #expect(Topics.explanations(of: kind.mapName).contains { $0.group == .kind })
      for field in kind.fields {
        let pages = Topics.explanations(of: "\(kind.rawValue).\(field.name)")
        #expect(pages.contains { $0.summary == field.summary }, "\(kind).\(field.name)")
      }
    }
    for action in Step.Action.allCases {
      #expect(Topics.explanations(of: action.rawValue).contains { $0.group == .action })
    }
    for mode in Flow.WriteMode.allCases {
      #expect(Topics.explanations(of: mode.rawValue).contains { $0.group == .writeMode })
    }
  }

  @Test("What a list names is known, and each group names something")
  func lists() {
    for group in Explanation.Group.allCases {
      #expect(!Topics.list(group).isEmpty)
      for topic in Topics.list(group) {
        #expect(Topics.explanations(of: topic).contains { $0.group == group }, "\(topic)")
      }
    }
  }

  @Test("Each of a few values has a line, and notes are about fields and topics that exist")
  func notes() {
    func check(_ field: FieldDescription) {
      let known = FieldNotes.values[field.name] ?? [:]
      #expect(field.choices.filter { known[$0] == nil } == [], "\(field.name)")
      for member in field.members { check(member) }
    }
    for kind in Kind.allCases { for field in kind.fields { check(field) } }
    for field in ProjectSettings.fields { check(field) }
    let names = Set(Topics.names)
    for topic in FieldNotes.required.keys { #expect(names.contains(topic), "\(topic)") }
    for (topic, related) in FieldNotes.related {
      #expect(names.contains(topic), "\(topic)")
      for other in related { #expect(names.contains(other), "\(topic): \(other)") }
    }
  }

  @Test("Fields are found below names of the user's choosing, which may be left out")
  func paths() {
    #expect(Topics.explanations(of: "flow.columns.type").map(\.topic) == ["flow.columns.NAME.type"])
    #expect(Topics.explanations(of: "flow.columns.total.type") == Topics.explanations(of: "flow.columns.type"))
    #expect(Topics.explanations(of: "flow.columns.total").map(\.topic) == ["flow.columns"])
    #expect(Topics.explanations(of: "flow.columns.total.typ").isEmpty)
    #expect(Topics.explanations(of: "flow.source.csv.delimiter").count == 1)
    #expect(Topics.explanations(of: "sluice.yaml.defaults.flows.writeMode").count == 1)
    #expect(Topics.explanations(of: "variables") == Topics.explanations(of: "sluice.yaml.variables"))
    #expect(Topics.explanations(of: "flow.").isEmpty)
    #expect(Topics.explanations(of: "").isEmpty)
    #expect(Topics.explanations(of: "flow..key").isEmpty)
  }

  @Test("A field that sorts of source declare in other ways is explained for each, others once")
  func variants() {
    #expect(
      Topics.explanations(of: "source.format").map { $0.facts.first?.text } == [
        "a source of files", "a source of a program",
      ])
    #expect(Topics.explanations(of: "source.allowEmpty").count == 1)
  }

  @Test("The example of every field is a manifest that says what it should")
  func examples() throws {
    for name in Topics.names {
      for page in Topics.explanations(of: name) where [.field, .setting, .kind, .writeMode].contains(page.group) {
        for example in page.examples {
          let file = page.group == .setting ? "sluice.yaml" : "a.yaml"
          let project = try TemporaryProject([file: example.text + "\n", "z.yaml": "{}\n"])
          let loaded = try Project.load(folder: project.path)
          let wrong = loaded.diagnostics.filter {
            ["unknown-field", "wrong-type", "invalid-value", "invalid-type", "invalid-name", "yaml-syntax"].contains(
              $0.code)
          }
          #expect(wrong == [], "\(name):\n\(example.text)")
        }
      }
    }
  }

  @Test(
    "An unknown topic names what was probably meant",
    arguments: [
      ("writeMode", "`flow.writeMode`"), ("flow.writemod", "`flow.writeMode`"), ("schema-exist", "`schema-exists`"),
      ("flwo", "`flow`"), ("delimitr", "`source.csv.delimiter`"), ("sluice.yaml.variable", "`sluice.yaml.variables`"),
      ("privileges", "`source-privileges`, `table-privileges`"),
    ])
  func unknown(_ topic: String, _ meant: String) {
    let diagnostic = Topics.unknown(topic)
    #expect(Topics.explanations(of: topic).isEmpty)
    #expect(diagnostic.code == "unknown-topic")
    #expect(diagnostic.help.first?.contains(meant) == true, "\(diagnostic.help)")
  }

  @Test(
    "Explanations as people see them",
    arguments: [
      "flow", "flow.writeMode", "source.csv.delimiter", "schema-exists",
      "delete",
    ])
  func drawings(_ topic: String) throws {
    let name = "explain-" + topic.replacing(".", with: "-")
    try expectDrawing(name, width: 80) { ExplanationView(style: $0).text(Topics.explanations(of: topic)) }
  }

  @Test("The list of topics, and an unknown one, as people see them")
  func listAndUnknown() throws {
    try expectDrawing("explain-list", width: 80) { ExplanationView(style: $0).list() }
    try expectDrawing("explain-unknown", width: 80) {
      DiagnosticRenderer(style: $0) { _ in nil }.text(Topics.unknown("flow.writemode"))
    }
  }

  @Test("Text keeps to the terminal's width, examples aside", arguments: [40, 80, 200])
  func width(_ width: Int) {
    let view = ExplanationView(style: Style(colour: false, width: width))
    for name in Topics.names {
      let pages = Topics.explanations(of: name)
      let examples = pages.flatMap(\.examples).flatMap { $0.text.split(separator: "\n") }.map { "    \($0)" }
      for line in view.text(pages).split(separator: "\n").map(String.init) where !examples.contains(line) {
        // One long word may stand out.
        #expect(line.displayWidth <= min(width, 100) || line.split(separator: " ").count <= 3, "\(name): \(line)")
      }
    }
  }

  @Test("The JSON document holds what people see")
  func json() throws {
    let pages = Topics.explanations(of: "flow.writeMode")
    try expectGolden(explainDocument("flow.writeMode", pages).text(.document) + "\n", "explain.json")
    let list = explainListDocument()
    #expect(list["formatVersion"] == 1)
    #expect(list["topics"]?.arrayValue?.contains(["topic": "schema-exists", "group": "check"]) == true)
  }
}
