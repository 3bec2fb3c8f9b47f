import Diagnostics
import Foundation
import Manifests
import SystemPackage
import TestSupport
import Testing

@Suite struct LoadTests {
  static let smallest = """
    authorizers:
      wh: {url: {env: DATABASE_URL}}
    destinations:
      wh: {authorizer: wh, defaultSchema: public}
    flows:
      orders: {source: {path: data/orders.csv}, destination: wh, writeMode: truncate_insert}
    """

  @Test("The smallest project is read, with places")
  func smallest() throws {
    let loaded = try TemporaryProject(["sluice.d/a.yml": Self.smallest]).load()
    #expect(loaded.diagnostics == [])
    #expect(!loaded.hasErrors)
    #expect(loaded.files == 1)
    let project = loaded.project
    #expect(project.name == "default")
    #expect(project.addresses.map(\.description) == ["authorizer/wh", "destination/wh", "flow/orders"])
    #expect(project.authorizers["wh"]?.spec.url == .environment("DATABASE_URL"))
    #expect(project.destinations["wh"]?.spec.defaultSchema == "public")
    let flow = try #require(project.flows["orders"])
    #expect(flow.spec.writeMode == .truncateInsert)
    var source = FileSource()
    source.path = "sluice.d/data/orders.csv"
    #expect(flow.spec.inputs == [Flow.NamedInput(name: nil, input: .inline(.files(source)))])
    #expect(flow.places.resource == Place(file: "sluice.d/a.yml", line: 6, column: 3, endColumn: 9))
    #expect(flow.places.fields["writeMode"]?.description == "sluice.d/a.yml:6:73")
    #expect(flow.places.fields["source.path"]?.column == 27)
    #expect(flow.places.fields["table"] == nil)
    #expect(flow.places.place(of: "table", "destination").column == 58)
  }

  @Test("Hidden files and folders, and files with other names, are left out")
  func discovery() throws {
    let broken = "nonsense: ["
    let project = try TemporaryProject([
      "a.yaml": Self.smallest, ".hidden.yaml": broken, ".git/b.yaml": broken, "c.json": broken, "d/.e/f.yml": broken,
    ])
    let loaded = try project.load()
    #expect(loaded.diagnostics == [])
    #expect(loaded.files == 1)
  }

  @Test("`manifests:` chooses files by pattern")
  func patterns() throws {
    let project = try TemporaryProject([
      "sluice.yaml": "{project: shop, manifests: ['flows/**/*.yaml', main.?aml]}", "main.yaml": Self.smallest,
      "flows/a.yaml": "sources: {a: {path: a.csv}}", "flows/b/c/d.yaml": "sources: {d: {path: d.csv}}",
      "other.yaml": "nonsense: 1",
    ])
    let loaded = try project.load()
    #expect(loaded.diagnostics == [])
    #expect(loaded.files == 4)
    #expect(loaded.project.name == "shop")
    #expect(loaded.project.sources.keys.sorted() == ["a", "d"])
  }

  @Test("A file of another program is one error, which says how to leave it out")
  func foreign() throws {
    let text = "apiVersion: v1\nkind: ConfigMap\ndata: {a: b}\n"
    let found = try TemporaryProject(["m.yaml": text]).load().diagnostics
    #expect(found.map(\.code) == ["unknown-field"])
    #expect(found.first?.help.last?.contains("`manifests: [") == true)
  }

  @Test("Rows may be nested as deep as YAML may, on any thread's stack")
  func deepRows() throws {
    let value = String(repeating: "[", count: 59) + String(repeating: "]", count: 59)
    let files = Dictionary(
      uniqueKeysWithValues: (0..<8).map { ("m\($0).yaml", "sources: {a\($0): {rows: [{a: \(value)}]}}") })
    let loaded = try TemporaryProject(files).load()
    #expect(loaded.diagnostics == [])
    #expect(loaded.project.sources.count == 8)
  }

  @Test("A folder that is not there is a failure; an empty one is a warning")
  func folders() throws {
    #expect(throws: Failure.self) { try Project.load(folder: FilePath("/nonexistent/folder")) }
    let loaded = try TemporaryProject().load()
    #expect(loaded.diagnostics.map(\.code) == ["no-manifests"])
    #expect(!loaded.hasErrors)
  }

  @Test("Links, pipes and unreadable files are refused without being opened")
  func specialFiles() throws {
    let project = try TemporaryProject(["a.yaml": Self.smallest])
    let link = project.file("b.yaml").string
    try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: "a.yaml")
    let pipe = Process()
    pipe.executableURL = URL(filePath: "/usr/bin/mkfifo")
    pipe.arguments = [project.file("c.yaml").string]
    try pipe.run()
    pipe.waitUntilExit()
    let found = try project.load().diagnostics
    #expect(found.map(\.code) == ["not-a-regular-file", "not-a-regular-file"])
    #expect(found.map { $0.place?.file } == ["b.yaml", "c.yaml"])
  }

  @Test("Paths are relative to the manifest as written, to the project as read, and never absolute")
  func paths() throws {
    let project = try TemporaryProject([
      "a/b/m.yaml": "sources: {x: {path: ../../c/./d.csv}, y: {path: ../../../up.csv}}"
    ])
    let folder = project.path.string
    try project.write("sources: {z: {path: \(folder)/in/x-*.csv}, w: {path: /data/x.csv}}", to: "n.yaml")
    let loaded = try project.load()
    #expect(loaded.diagnostics == [])
    func path(_ name: String) -> String? {
      if case .files(let source) = loaded.project.sources[name]?.spec { source.path } else { nil }
    }
    #expect(path("x") == "c/d.csv")
    #expect(path("y") == "../up.csv")
    #expect(path("z") == "in/x-*.csv")
    let up = FilePath(folder).components.map { _ in ".." }.joined(separator: "/")
    #expect(path("w") == "\(up)/data/x.csv")
  }
}

@Suite struct VariableTests {
  static let settings = """
    variables: {host: , schema: sales, port: 5432}
    environments: {staging: {host: stg, port: 1}, prod: {host: prod}}
    """
  static let manifest = """
    authorizers: {a: {host: "db.${host}.x", port: "${port}", database: "${schema}", username: "$${u} $5"}}
    """

  private func authorizer(_ options: LoadOptions) throws -> Authorizer? {
    let loaded = try TemporaryProject(["sluice.yaml": Self.settings, "m.yaml": Self.manifest]).load(options)
    #expect(loaded.diagnostics == [])
    return loaded.project.authorizers["a"]?.spec
  }

  @Test("--var comes before the environment, that before SLUICE_VAR_, that before the default")
  func precedence() throws {
    let process = ["SLUICE_VAR_host": "env", "SLUICE_VAR_port": "7", "SLUICE_VAR_schema": "s", "HOME": "/"]
    let staging = try authorizer(LoadOptions(environment: "staging", processEnvironment: process))
    #expect(staging?.host == "db.stg.x")
    #expect(staging?.port == 1)
    #expect(staging?.database == "s")
    #expect(staging?.username == "${u} $5")
    let prod = try authorizer(
      LoadOptions(variables: ["host": "var"], processEnvironment: ["SLUICE_ENV": "prod", "SLUICE_VAR_port": "7"]))
    #expect(prod?.host == "db.var.x")
    #expect(prod?.port == 7)
    #expect(prod?.database == "sales")
  }

  @Test("An environment that is not listed, and a --var that is not declared, are errors with the nearest name")
  func unknown() throws {
    let project = try TemporaryProject(["sluice.yaml": Self.settings, "m.yaml": Self.manifest])
    let found = try project.load(LoadOptions(environment: "stagin", variables: ["hots": "x"])).diagnostics
    #expect(found.map(\.code) == ["undefined-variable", "unknown-environment"])
    #expect(found.allSatisfy { $0.help.first?.hasPrefix("did you mean") == true })
  }

  @Test("A substituted text is read by the field's type: a text stays one, whatever it looks like")
  func types() throws {
    let manifest = """
      authorizers: {a: {service: "${x}", database: "${x}", port: "5${y}"}}
      flows: {"f_${y}": {source: {path: "${y}.csv"}, destination: d, enabled: "${z}"}}
      destinations: {d: {authorizer: a}}
      """
    let settings = "variables: {x: 'null', y: 1, z: 'false'}"
    let loaded = try TemporaryProject(["sluice.yaml": settings, "m.yaml": manifest]).load()
    #expect(loaded.diagnostics == [])
    #expect(loaded.project.authorizers["a"]?.spec.service == "null")
    #expect(loaded.project.authorizers["a"]?.spec.port == 51)
    #expect(loaded.project.flows["f_1"]?.spec.enabled == false)
  }
}
