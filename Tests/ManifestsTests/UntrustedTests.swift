import Diagnostics
import Manifests
import SystemPackage
import TestSupport
import Testing

@Suite("A stranger's manifests") struct UntrustedTests {
  /// The untrusted diagnostics of a project, as `place message`.
  private func refused(_ project: TemporaryProject, also other: [String] = []) throws -> [String] {
    #expect(try project.load().diagnostics.filter { $0.code == "untrusted" } == [], "only with --untrusted")
    let found = try project.load(LoadOptions(isUntrusted: true)).diagnostics
    #expect(found.map(\.code).filter { $0 != "untrusted" } == other, "\(found)")
    #expect(found.filter { $0.code == "untrusted" }.allSatisfy { !$0.help.isEmpty })
    return found.filter { $0.code == "untrusted" }.map { "\($0.place?.description ?? "") \($0.message)" }
  }

  @Test("run no program") func programs() throws {
    let project = try TemporaryProject([
      "m.yaml": """
      authorizers:
        a: {host: h, database: d, username: u, password: {command: [touch, x]}}
        b: {url: {command: [touch, x]}}
        c: {url: {env: FINE}, tunnel: t}
      tunnels:
        t: {host: h, password: {command: [touch, x]}}
      destinations: {a: {authorizer: a}}
      sources:
        s: {command: [touch, x], format: csv}
      flows:
        f: {source: {command: [touch, x], format: csv}, destination: a, writeMode: insert}
        g: {sources: {one: s, two: {command: [touch, x], format: csv}}, destination: a, writeMode: insert}
      """
    ])
    #expect(
      try refused(project) == [
        "m.yaml:2:52 `password` runs the program `touch`, which --untrusted refuses",
        "m.yaml:3:12 `url` runs the program `touch`, which --untrusted refuses",
        "m.yaml:6:26 `password` runs the program `touch`, which --untrusted refuses",
        "m.yaml:9:16 `command` runs the program `touch`, which --untrusted refuses",
        "m.yaml:11:25 `source.command` runs the program `touch`, which --untrusted refuses",
        "m.yaml:12:40 `sources.two.command` runs the program `touch`, which --untrusted refuses",
      ])
  }

  @Test(
    "name no path that leaves the project, by its words, by links, or by links to links",
    arguments: [
      "/etc/x", "../x", "in/../../x", "out/x", "out/more/x", "round/x", "in/far/x", "dangling", "file", "loop/x",
    ])
  func paths(_ path: String) throws {
    let outside = try TemporaryProject(["secret": "x", "more/x": "x"])
    let project = try TemporaryProject(["in/x": "x"])
    try project.link("out", to: outside.path.string)
    try project.link("round", to: "out")
    try project.link("in/far", to: "../../\(outside.path.lastComponent?.string ?? "")")
    try project.link("dangling", to: "/nowhere/to/be/found")
    try project.link("file", to: outside.file("secret").string)
    try project.link("loop", to: "loop")
    let fields = [
      "a: {host: h, database: d, username: u, password: {file: 'PATH'}}", "a: {url: {file: 'PATH'}}",
      "a: {url: {env: X}, tls: {mode: verify-ca, rootCertificate: 'PATH'}}",
      "a: {url: {env: X}, tls: {mode: verify-ca, clientCertificate: 'PATH'}}",
      "a: {url: {env: X}, tls: {mode: verify-ca, clientKey: 'PATH'}}",
    ]
    for field in fields {
      try project.write("authorizers:\n  \(field.replacing("PATH", with: path))\n", to: "m.yaml")
      #expect(try refused(project).count == 1, "\(field)")
    }
    for field in ["identityFile", "knownHostsFile", "sshConfig"] {
      try project.write("tunnels: {t: {host: h, \(field): '\(path)'}}", to: "m.yaml")
      let found = try refused(project)
      #expect(found.count == 1 && found[0].contains("`\(field)` leads out of the project"), "\(found)")
    }
    for pattern in [path, "\(path)/*.csv", "\(path)/**/y"] where path != "file" && path != "dangling" || pattern == path
    {
      try project.write("sources: {s: {path: '\(pattern)'}}", to: "m.yaml")
      #expect(try refused(project).count == 1, "\(pattern)")
    }
    try project.write("authorizers: {a: {url: {env: X}}}", to: "m.yaml")
    try project.write("sandbox: {init: [in/x, '\(path)']}", to: "sluice.yaml")
    let found = try refused(project)
    #expect(found.count == 1 && found[0].hasPrefix("sluice.yaml:1:24 `sandbox.init` leads out"), "\(found)")
  }

  @Test("may name what lies in the project, by links within it too; a project may be reached by a link")
  func inside() throws {
    let project = try TemporaryProject(["in/x.csv": "x", "a..b/y": ""])
    try project.link("also", to: "in")
    try project.link("absolute", to: project.file("in").string)
    try project.write(
      """
      sources:
        a: {path: in/x.csv}
        b: {path: also/*.csv}
        c: {path: absolute/x.csv}
        d: {path: not/there/yet.csv}
        e: {path: a..b/y}
        f: {path: in/../in/x.csv}
        g: {path: "\(project.path)/in/x.csv"}
      """, to: "m.yaml")
    #expect(try refused(project) == [])
    try project.write("sources: {a: {path: also/*.csv}}", to: "m.yaml")
    let other = try TemporaryProject()
    try other.link("project", to: project.path.string)
    let loaded = try Project.load(folder: other.file("project"), options: LoadOptions(isUntrusted: true))
    #expect(loaded.diagnostics == [])
  }

  @Test("are no links, and found by no patterns that leave the project")
  func manifests() throws {
    let outside = try TemporaryProject(["m.yaml": "nonsense: ["])
    let project = try TemporaryProject(["ok.yaml": "authorizers: {a: {url: {env: X}}}"])
    try project.link("folder", to: outside.path.string)
    #expect(try refused(project) == [])
    try project.link("link.yaml", to: outside.file("m.yaml").string)
    #expect(try refused(project, also: ["not-a-regular-file"]) == [])
    try project.remove("link.yaml")
    for pattern in ["../*.yaml", "/etc/*.yaml", "x/../../*.yaml"] {
      try project.write("manifests: ['\(pattern)']", to: "sluice.yaml")
      #expect(try refused(project, also: ["no-manifests", "invalid-value"]) == [])
    }
    try project.write("manifests: ['folder/*.yaml']", to: "sluice.yaml")
    #expect(try refused(project, also: ["no-manifests", "no-match"]) == [])
  }
}
