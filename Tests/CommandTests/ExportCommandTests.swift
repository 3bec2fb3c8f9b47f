import SystemPackage
import TestSupport
import Testing

/// `export` writes what a scheduler needs, of flows as they were applied.
@Suite("export", .freshDatabase, .timeLimit(.minutes(15)))
struct ExportCommandTests {
  private func world() async throws -> World {
    let world = try World(
      """
      orders: {source: {path: t.csv}, destination: wh, writeMode: truncate_insert, schedule: day}
      items: {source: {path: t.csv}, destination: wh, writeMode: truncate_insert}
      """, files: ["t.csv": "id\n1\n"])
    #expect(try await world.sluice("apply", "--yes").status == 0)
    return world
  }

  @Test("The line for cron is one that runs, and loads what is due")
  func cron() async throws {
    let world = try await world()
    let export = try await world.sluice("export", "cron")
    #expect(export.status == 0, "\(export.error)")
    let line = try #require(export.output.split(separator: "\n").last)
    #expect(export.output.contains("DATABASE_URL"))
    let command = line.dropFirst("* * * * * ".count)
    let shell = try await runTool([], by: ["/bin/sh", "-c", String(command)], environment: world.variables)
    #expect(shell.status == 0, "\(shell.error)")
    #expect(shell.output.isEmpty)
    #expect(shell.error.isEmpty)
    #expect(try await world.database.text("SELECT flow, slot IS NOT NULL FROM _sluice_loads") == "orders|t")
    let again = try await runTool([], by: ["/bin/sh", "-c", String(command)], environment: world.variables)
    #expect(again.status == 0)
    #expect(again.error.isEmpty, "nothing to be sent by mail each minute")
  }

  @Test("Units go to a folder, and may be written anew")
  func systemd() async throws {
    let world = try await world()
    let folder = world.project.file("units").string
    for _ in 1...2 {
      let export = try await world.sluice(
        "export", "systemd", "--out", folder, "--program", "/usr/bin/sluice", "--user", "loader")
      #expect(export.status == 0, "\(export.error)")
      #expect(export.error.contains("4 units"))
    }
    #expect(
      world.project.files.filter { $0.hasPrefix("units/") } == [
        "units/sluice-default--due.service", "units/sluice-default--due.timer", "units/sluice-default-orders.service",
        "units/sluice-default-orders.timer",
      ])
    let service = try world.project.read("units/sluice-default-orders.service")
    #expect(
      service.contains("ExecStart=/usr/bin/sluice run --due --wait orders -C \(world.project.path.string) --quiet\n"))
    #expect(service.contains("User=loader\n"))
    let shown = try await world.sluice("export", "systemd")
    #expect(shown.output.contains("# /etc/systemd/system/sluice-default-orders.timer\n"))
    try world.project.write("", to: "file")
    let unwritable = try await world.sluice("export", "systemd", "--out", world.project.file("file").string)
    #expect(unwritable.status == 1)
    #expect(unwritable.error.contains("export-unwritable"))
  }

  @Test("Objects for Kubernetes want an image, and a flow without a schedule has nothing to export")
  func kubernetes() async throws {
    let world = try await world()
    #expect(try await world.sluice("export", "kubernetes").status == 64)
    let export = try await world.sluice("export", "kubernetes", "--image", "shop:1")
    #expect(export.output.contains("args: [\"run\", \"--due\", \"--wait\", \"orders\", \"-C\", \"/project\"]"))
    #expect(export.output.contains("--from-literal=DATABASE_URL=..."))
    let none = try await world.sluice("export", "cron", "items")
    #expect(none.status == 1)
    #expect(none.error.contains("error[no-schedule]"))
    #expect(try await world.sluice("export", "cron", "--output", "json").status == 64)
    #expect(try await world.sluice("export", "cron", "order").error.contains("did you mean `orders`?"))
  }
}
