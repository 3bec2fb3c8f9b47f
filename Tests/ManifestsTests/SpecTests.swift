import Foundation
import JSON
import Manifests
import OrderedCollections
import SystemPackage
import TestSupport
import Testing

@Suite struct SpecTests {
  private static func tour() throws -> Project {
    let folder = Fixtures.folder.appending(path: "good/tour").path
    let loaded = try Project.load(folder: FilePath(folder))
    #expect(loaded.diagnostics == [])
    return loaded.project
  }

  @Test("What is written to the state and read back is the same spec, and writes the same text again")
  func roundTrip() throws {
    let project = try Self.tour()
    try check(project.authorizers)
    try check(project.tunnels)
    try check(project.sources)
    try check(project.destinations)
    try check(project.flows)
  }

  private func check<Spec: Specification>(_ resources: [String: Resource<Spec>]) throws {
    #expect(!resources.isEmpty)
    for (name, resource) in resources {
      let json = resource.specJSON
      let back = try Resource<Spec>(specJSON: json, name: name)
      #expect(back.spec == resource.spec, "\(Spec.kind)/\(name)")
      #expect(back.specJSON == json)
      #expect(back.metadata.labels == resource.metadata.labels)
      #expect(back.metadata.protect == resource.metadata.protect)
      #expect(back.metadata.renamedFrom == nil)
      #expect(json.text(.document) == json.text(.sorted), "keys are sorted already")
    }
  }

  @Test("A recorded spec is known for the one that would be written, and one that differs anywhere is not")
  func isWritten() throws {
    let project = try Self.tour()
    checkIsWritten(project.authorizers)
    checkIsWritten(project.tunnels)
    checkIsWritten(project.sources)
    checkIsWritten(project.destinations)
    checkIsWritten(project.flows)
  }

  private func checkIsWritten<Spec: Specification>(_ resources: [String: Resource<Spec>]) {
    for resource in resources.values {
      let json = resource.specJSON
      #expect(resource.isWritten(as: json), "\(Spec.kind)/\(resource.name)")
      #expect(resource.specJSON(asRecorded: nil) == json)
      for other in Self.variants(of: json) {
        #expect(!resource.isWritten(as: other), "\(Spec.kind)/\(resource.name): \(other.text(.line))")
        #expect(resource.specJSON(asRecorded: other) == json)
      }
    }
  }

  /// `json` with one thing else, for each thing in it.
  private static func variants(of json: JSONValue) -> [JSONValue] {
    switch json {
    case .null: return ["null"]
    case .bool(let value): return [.bool(!value), .null]
    case .number(let text): return [.string(text), .number(text + "1")]
    case .string(let text): return [.string(text + "x"), .null]
    case .array(let values):
      return [.array(values + ["x"]), .null]
        + values.indices.flatMap { index in
          variants(of: values[index]).map { variant in
            var values = values
            values[index] = variant
            return .array(values)
          }
        }
    case .object(let members):
      var more = members
      more["another"] = "x"
      return [.object(more), .null]
        + members.keys.flatMap { key in
          var fewer = members
          fewer[key] = nil
          let changed = variants(of: members[key] ?? .null).map { variant -> JSONValue in
            var members = members
            members[key] = variant
            return .object(members)
          }
          return [JSONValue.object(fewer)] + changed
        }
    }
  }

  @Test("The tour writes every field of every kind, so that the law above holds for all of them")
  func tourIsComplete() throws {
    let project = try Self.tour()
    func written<Spec>(_ resources: [String: Resource<Spec>]) -> Set<String> {
      Set(resources.values.flatMap(\.places.fields.paths).filter { !$0.contains(".") && !$0.contains("[") })
    }
    #expect(Set(Authorizer.declaration.fields.map(\.name)).subtracting(written(project.authorizers)) == [])
    #expect(Set(Tunnel.declaration.fields.map(\.name)).subtracting(written(project.tunnels)) == [])
    #expect(Set(Source.declaration.fields.map(\.name)).subtracting(written(project.sources)) == [])
    #expect(Set(Destination.declaration.fields.map(\.name)).subtracting(written(project.destinations)) == [])
    #expect(Set(Flow.declaration.fields.map(\.name)).subtracting(written(project.flows)) == [])
  }

  @Test("Every kind has its own fields and those that all have", arguments: Kind.allCases)
  func fields(kind: Kind) {
    #expect(kind.fields.suffix(4).map(\.name) == ["description", "labels", "protect", "renamedFrom"])
    #expect(kind.fields.count > 6)
    for field in kind.fields {
      #expect(field.summary.hasSuffix("."))
      #expect(!field.words.isEmpty)
    }
  }

  @Test("Equal flows have one spec, however they are written")
  func canonical() throws {
    func spec(_ flow: String) throws -> JSONValue? {
      let loaded = try TemporaryProject(["m.yaml": "flows: {f: {source: {path: a.csv}, destination: d, \(flow)}}"])
        .load()
      return loaded.project.flows["f"]?.specJSON
    }
    #expect(
      try spec("after: [b, a], retry: {backoff: 60s}") == spec("after: [a, b, a], retry: {attempts: 3, backoff: 1m}"))
    #expect(try spec("enabled: true") == spec("writeMode: insert"))
    #expect(try spec("columns: {a: text, b: text}") != spec("columns: {b: text, a: text}"))
    #expect(try spec("columns: {a: text}") == spec("columns: {a: {type: text, nullable: true}}"))
  }

  @Test("A spec that is none is refused")
  func damaged() {
    #expect(throws: (any Error).self) { try Resource<Flow>(specJSON: ["writeMode": "upsrt"], name: "f") }
    #expect(throws: (any Error).self) { try Resource<Flow>(specJSON: "text", name: "f") }
    #expect(throws: (any Error).self) { try Resource<Source>(specJSON: [:], name: "f") }
  }

  @Test("Numbers keep every digit, and leading zeros make a text")
  func rows() throws {
    guard case .rows(let source) = try Self.tour().sources["rows"]?.spec else {
      Issue.record("no rows")
      return
    }
    #expect(source.fields == ["code", "name", "area", "ratio", "eu", "notes", "zip", "octal", "hex", "small", "tags"])
    #expect(
      source.rows[0] == [
        .text("CZ"), .text("Czechia"), .number("78871"), .number("1.10"), .bool(true), .null, .null, .null, .null,
        .null, .null,
      ])
    #expect(
      source.rows[1] == [
        .text("NO"), .text("Norway"), .null, .null, .text("no"), .null, .text("0123"), .number("15"), .number("31"),
        .number("0.5"), .nested(["a", ["b": nil, "z": 1]]),
      ])
  }
}
