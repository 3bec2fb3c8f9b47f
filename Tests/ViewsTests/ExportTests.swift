import Foundation
import JSON
import Manifests
import Subprocess
import SystemPackage
import TestSupport
import Testing
import Views

/// What `sluice export` writes is what cron, systemd and Kubernetes take for what was meant.
@Suite("Exports to schedulers") struct ExportTests {
  private static let manifests = """
    authorizers:
      wh: {host: localhost, database: shop, username: loader, password: {env: WAREHOUSE_PASSWORD}}
    destinations:
      wh: {authorizer: wh, defaultSchema: sales}
    flows:
      customers: {source: {path: c.csv}, destination: wh, schedule: day}
      orders:
        source: {path: "in/*.csv"}
        destination: wh
        schedule: "0 6 * * mon-fri"
        timezone: Europe/Prague
        after: [customers, unscheduled]
      crm.old_orders: {source: {path: o.csv}, destination: wh, schedule: "30 4 1,15 * fri"}
      unscheduled: {source: {path: u.csv}, destination: wh}
      disabled: {source: {path: u.csv}, destination: wh, schedule: day, enabled: false}

    """

  private func runs(program: String = "/usr/bin/sluice", folder: String = "/srv/shop", options: [String] = []) throws
    -> ScheduledRuns
  {
    let project = try TemporaryProject(["shop.yaml": Self.manifests, "sluice.yaml": "project: shop\n"])
    let loaded = try Project.load(folder: project.path)
    try #require(!loaded.hasErrors, "\(loaded.diagnostics)")
    return ScheduledRuns(
      loaded.project, names: loaded.project.flows.keys.sorted(), program: program, options: ["-C", folder] + options)
  }

  @Test("as they are shown")
  func golden() throws {
    let runs = try runs(options: ["--env", "prod"])
    try expectGolden(Crontab(runs, environmentFile: "/etc/sluice/shop.env").text, "export.crontab")
    let units = SystemdUnits(runs, folder: "/srv/shop", user: "loader", environmentFile: "/etc/sluice/shop.env")
    try expectGolden(
      units.units.map { "# \($0.name)\n\($0.text)" }.joined(separator: "\n")
        + units.notes(in: "my units").joined(separator: "\n")
        + "\n", "export-units.txt")
    let objects = KubernetesObjects(runs, image: "registry.example.com/shop:1", mount: "/srv/shop", secret: nil)
    try expectGolden(objects.text, "export-objects.yaml")
  }

  /// Names that shells, cron, systemd, YAML and Kubernetes have a meaning for.
  static let odd = [
    "/srv/my shop", "/srv/50%", "/srv/100%%d\\%n", "/srv/'single' \"double\"", "/srv/$HOME `id` $(id) $$",
    "/srv/back\\slash\\",
    "/srv/žluťoučký 数据 🚚", "/srv/# no comment; or & two", "/srv/{a: [b]}", "/srv/-x ~", "/srv/tab\tbed !x",
    "/srv/a:b, c*?",
  ]

  @Test("A crontab's line starts the program with just these arguments", arguments: odd)
  func crontab(_ folder: String) async throws {
    let project = try TemporaryProject(["odd 'n%me/vars": "GREETING='good day'\n"])
    let program = project.file("odd 'n%me/sluice")
    try project.write(
      "#!/bin/sh\nprintf '%s\\n' \"$GREETING\" \"$@\" > \"$(dirname \"$0\")/out\"\n", to: "odd 'n%me/sluice")
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: program.string)
    let runs = try runs(program: program.string, folder: folder, options: ["--env", "a b%"])
    let text = Crontab(runs, environmentFile: project.file("odd 'n%me/vars").string).text
    let line = try #require(text.split(separator: "\n").last)
    try #require(line.hasPrefix("* * * * * "))
    let (command, input) = Self.cron(String(line.dropFirst("* * * * * ".count)))
    #expect(input.isEmpty)
    let result = try await run(
      .path("/bin/sh"), arguments: ["-c", command], environment: .custom(["PATH": "/usr/bin:/bin"]),
      output: .string(limit: 1 << 16), error: .string(limit: 1 << 16))
    #expect(result.terminationStatus.isSuccess, "\(result.standardError)")
    #expect(
      try project.read("odd 'n%me/out")
        == (["good day", "run", "--due", "-C", folder, "--env", "a b%", "--quiet"].joined(separator: "\n") + "\n"))
  }

  /// A line's command and standard input, as cron's do_command.c takes them apart.
  private static func cron(_ entry: String) -> (command: String, input: String) {
    var command: [UInt8] = []
    var isEscaped = false
    let bytes = Array(entry.utf8)
    for (index, byte) in bytes.enumerated() {
      if isEscaped {
        if byte == UInt8(ascii: "%") { command.removeLast() }
        isEscaped = false
      } else if byte == UInt8(ascii: "\\") {
        isEscaped = true
      } else if byte == UInt8(ascii: "%") {
        return (String(decoding: command, as: UTF8.self), String(decoding: bytes[(index + 1)...], as: UTF8.self))
      }
      command.append(byte)
    }
    return (String(decoding: command, as: UTF8.self), "")
  }

  @Test("A crontab cannot hold more than a line")
  func lines() {
    #expect(Crontab.canHold("/srv/my shop"))
    #expect(!Crontab.canHold("/srv/my\nshop"))
    #expect(!Crontab.canHold("/srv/my\r\nshop"))
  }

  // MARK: systemd

  private static let manager: String? = ["/lib/systemd/systemd", "/usr/lib/systemd/systemd"].first {
    FileManager.default.isExecutableFile(atPath: $0)
  }
  private static let hasManager = ProcessInfo.processInfo.environment["CI"] == "true" || manager != nil

  @Test("systemd finds nothing wrong with units, whatever their names", .enabled("needs systemd", { hasManager }))
  func verified() async throws {
    for folder in Self.odd {
      let project = try TemporaryProject()
      let runs = try runs(program: "/bin/true", folder: folder)
      let units = SystemdUnits(runs, folder: folder, user: "root", environmentFile: "/etc/my 100%/é.env").units
      for unit in units { try project.write(unit.text, to: unit.name) }
      let result = try await run(
        .name("systemd-analyze"),
        arguments: Arguments(["verify", "--man=no"] + units.map { project.file($0.name).string }),
        output: .string(limit: 1 << 20), error: .string(limit: 1 << 20))
      // What it says of the machine's own units is none of ours.
      let said = (result.standardOutput + result.standardError).split(separator: "\n").filter { $0.contains("sluice") }
      #expect(said.isEmpty, "\(folder)")
      #expect(units.count == 8)
    }
  }

  @Test(
    "systemd starts the program with just these arguments", .enabled("needs systemd", { hasManager }),
    arguments: odd + ["/srv/two\nlines"])
  func arguments(_ folder: String) async throws {
    let project = try TemporaryProject()
    let odd = project.file(folder.utf8.count % 2 == 0 ? "odd $HOME '100%'" : "odd $HOME 100%").string
    let runs = try runs(program: odd + "/sluice", folder: folder, options: ["--env", ";"])
    let unit = try #require(SystemdUnits(runs, folder: folder, user: "root", environmentFile: nil).units.first)
    try project.write(unit.text, to: unit.name)
    try project.write("", to: "run/placeholder")
    for name in ["", "run"] {
      try FileManager.default.setAttributes([.posixPermissions: 0o777], ofItemAtPath: project.file(name).string)
    }
    // It does not show what it would do to the system's superuser.
    let launcher = geteuid() == 0 ? ["setpriv", "--reuid=65534", "--clear-groups"] : ["env"]
    let command = launcher + [try #require(Self.manager), "--user", "--test", "--unit=\(unit.name)"]
    let result = try await run(
      .name(command[0]), arguments: Arguments(Array(command.dropFirst())),
      environment: .custom([
        "PATH": "/usr/bin:/bin", "HOME": .init(project.file("run").string), "LANG": "C.UTF-8",
        "XDG_RUNTIME_DIR": project.file("run").string, "SYSTEMD_UNIT_PATH": project.path.string + ":",
      ]), output: .string(limit: 16 << 20), error: .string(limit: 16 << 20))
    let lines = (result.standardOutput + result.standardError).split(separator: "\n")
    let line = try #require(
      lines.first { $0.contains("Command Line: ") && $0.contains("run --due") }, "\(result.standardError)")
    // It is written as a shell would take it, but for variables, which are replaced later: `$$` is `$` then.
    let words = try #require(line.split(separator: "Command Line: ").last)
    let shell = try await run(
      .path("/bin/bash"), arguments: ["-c", "printf '%s\\0' \(Self.decoded(String(words)))"],
      output: .string(limit: 1 << 16), error: .string(limit: 1 << 16))
    let found = shell.standardOutput.split(separator: "\0").map(String.init)
    let program = found.first == "/usr/bin/env" ? found[1].replacing("$$", with: "$") : found.first
    #expect(program == odd + "/sluice")
    #expect(
      found.suffix(9).map { $0.replacing("$$", with: "$") }
        == ["run", "--due", "--wait", "crm.old_orders", "-C", folder, "--env", ";", "--quiet"], "\(line)")
  }

  /// What systemd writes as `\n`, `\t` and `\303\251` within double quotes, as they are.
  private static func decoded(_ text: String) -> String {
    text.replacing("\\n", with: "\n").replacing("\\t", with: "\t")
  }

  // MARK: Kubernetes

  @Test(
    "Objects are as Kubernetes has them, with just these arguments",
    .enabled("needs python3 with jsonschema") { await DocumentSchema.canBeChecked() },
    arguments: odd + ["/srv/two\nlines"])
  func objects(_ folder: String) async throws {
    let project = try TemporaryProject()
    let runs = try runs(program: folder + "/sluice", folder: folder)
    let text = KubernetesObjects(runs, image: "shop:\(1)", mount: folder, secret: nil).text
    try project.write(text, to: "objects.yaml")
    let script = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Fixtures/cronjob.py").path
    let result = try await run(
      .name("python3"), arguments: Arguments([script, project.file("objects.yaml").string]),
      output: .string(limit: 1 << 20), error: .string(limit: 1 << 20))
    try #require(result.terminationStatus.isSuccess, "\(result.standardOutput)\(result.standardError)")
    let documents = try JSONValue(parsing: result.standardOutput).arrayValue ?? []
    #expect(
      documents.map { $0["spec"]?["schedule"] } == ["30 4 1,15 * 5", "0 0 * * *", "0 6 * * 1-5", "2-59/5 * * * *"])
    #expect(documents.map { $0["spec"]?["timeZone"] } == ["Etc/UTC", "Etc/UTC", "Europe/Prague", "Etc/UTC"])
    let container = documents[2]["spec"]?["jobTemplate"]?["spec"]?["template"]?["spec"]?["containers"]?.arrayValue?
      .first
    func expanded(_ value: JSONValue?) -> [String] {
      (value?.arrayValue ?? []).map { ($0.stringValue ?? "").replacing("$$", with: "$") }
    }
    #expect(expanded(container?["command"]) == [folder + "/sluice"])
    #expect(expanded(container?["args"]) == ["run", "--due", "--wait", "customers", "orders", "-C", folder])
    #expect(documents[2]["metadata"]?["name"] == "sluice-shop-orders")
    #expect(documents[0]["metadata"]?["name"]?.stringValue?.hasPrefix("sluice-shop-crm-old-orders-") == true)
  }

  @Test("Names are short enough, and two flows never share one")
  func names() throws {
    let long = String(repeating: "a", count: 60)
    let flows = ["a.b", "a_b", "a-b", long, long + "b", "due"].map {
      "  \($0): {source: {path: t.csv}, destination: wh, schedule: day}"
    }
    let project = try TemporaryProject([
      "m.yaml": "authorizers: {wh: {host: h, database: d, username: u}}\ndestinations: {wh: {authorizer: wh}}\nflows:\n"
        + flows.joined(separator: "\n") + "\n"
    ])
    let loaded = try Project.load(folder: project.path)
    try #require(!loaded.hasErrors, "\(loaded.diagnostics)")
    let runs = ScheduledRuns(loaded.project, names: loaded.project.flows.keys.sorted(), program: "sluice", options: [])
    let names = SystemdUnits(runs, folder: "/", user: "root", environmentFile: nil).units.map(\.name)
    #expect(Set(names).count == names.count)
    #expect(names.allSatisfy { $0.utf8.count <= 52 + ".service".utf8.count })
    #expect(runs.secrets.isEmpty)
  }
}
