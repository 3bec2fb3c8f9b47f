import Diagnostics
import Manifests
import TestSupport
import Testing

@Suite struct SecrecyTests {
  @Test(
    "A secret that is written where a reference belongs is in no diagnostic",
    arguments: [
      "hunter2-s3cret", "[hunter2-s3cret]", "{env: hunter2-s3cret}", "{file: {a: hunter2-s3cret}}",
      "{command: hunter2-s3cret}", "'postgres://u:hunter2-s3cret@h/d'", "\"${x}\"",
    ])
  func secrets(value: String) throws {
    for field in ["password", "url"] {
      let project = try TemporaryProject([
        "sluice.yaml": "variables: {x: hunter2-s3cret}", "m.yaml": "authorizers: {a: {service: s, \(field): \(value)}}",
      ])
      let found = try project.load().diagnostics.filter { $0.code != "conflicting-fields" }
      #expect(found.count == 1)
      #expect(!found.contains { "\($0)".contains("s3cret") })
    }
  }
}
