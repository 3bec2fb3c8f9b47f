public import Catalog
internal import Diagnostics
public import SystemPackage

extension Resource<Flow> {
  /// A flow that stands in no manifest yet: only what it reads and where it writes is known.
  ///
  /// - Parameters:
  ///   - destination: the name of a destination.
  ///   - table: nothing for the one of the flow's name.
  public init(imported name: String, reading source: Source, into destination: String, table: QualifiedName? = nil) {
    var flow = Flow()
    flow.inputs = [Flow.NamedInput(name: nil, input: .inline(source))]
    flow.destination = destination
    flow.table = table.map { WrittenName(schema: $0.schema, name: $0.name).text }
    // So that a plan looks for a key.
    flow.writeMode = .upsert
    self.init(name: name, spec: flow, places: Places(resource: Self.nowhere))
  }

  /// A flow of the table `table` of an authorizer, called after it, into the table of the same name.
  public init(imported table: QualifiedName, of authorizer: String, into destination: String) {
    var source = PostgresSource()
    source.authorizer = authorizer
    source.table = WrittenName(schema: table.schema, name: table.name).text
    let parts = [table.schema, table.name].map { ResourceName.made(from: $0.name, joint: "_", keeping: "_-") }
    let name = String(parts.filter { !$0.isEmpty }.joined(separator: ".").prefix(63))
    self.init(
      imported: name.isEmpty ? "table" : ResourceName.made(from: name, joint: "_", keeping: "_.-"),
      reading: .postgres(source), into: destination, table: table)
  }

  /// The place of what stands in no file.
  private static var nowhere: Place { Place(file: "", line: 1, column: 1) }
}

extension FileSource {
  /// A path, or a pattern of paths, as the project has it: relative to its folder `root`.
  ///
  /// - Parameter absolute: absolute; need not be in the project.
  public static func path(_ absolute: String, in root: FilePath) -> String {
    ProjectPath.relative(absolute, in: "", root: root)
  }
}
