public import SystemPackage
internal import YAML

/// A manifest of flows as text: what `sluice import` writes.
public struct FlowManifest: Sendable {
  /// A flow of it.
  public struct Entry: Sendable {
    public var flow: Resource<Flow>
    /// By column: what is remarked of it.
    public var remarks: [String: String]

    /// Makes an entry.
    public init(_ flow: Resource<Flow>, remarks: [String: String] = [:]) {
      self.flow = flow
      self.remarks = remarks
    }
  }

  /// In the order in which they are written.
  public var entries: [Entry]
  /// The project's folder, absolute.
  public var root: FilePath
  /// The folder that the manifest comes to stand in, absolute: its paths are relative to that.
  public var folder: FilePath
  /// The JSON Schema that it names for editors, relative to the project; nothing for none.
  public var schema: String?

  /// Makes a manifest.
  public init(_ entries: [Entry], root: FilePath, folder: FilePath, schema: String? = nil) {
    self.entries = entries
    self.root = root
    self.folder = folder
    self.schema = schema
  }

  /// Its YAML. Of each flow it has the source (files, or a table), the destination, the table, the write mode, the key and
  /// the columns.
  public var text: String {
    modeline + "flows:\n" + entries.map(text).joined(separator: "\n")
  }

  private var modeline: String {
    guard let schema else { return "" }
    let path = relative(schema)
    return path.unicodeScalars.contains { $0.properties.isWhitespace } ? "" : NewProject.modeline(path)
  }

  private func text(of entry: Entry) -> String {
    let flow = entry.flow.spec
    var lines = ["  \(Self.value(entry.flow.name)):"]
    if case .inline(let source)? = flow.inputs.first?.input, let text = self.text(of: source) {
      lines.append("    source: {\(text)}")
    }
    lines.append("    destination: \(Self.value(flow.destination))")
    if let table = flow.table { lines.append("    table: \(Self.value(table))") }
    lines.append("    writeMode: \(flow.writeMode.rawValue)")
    if let key = flow.key { lines.append("    key: [\(key.map(Self.value).joined(separator: ", "))]") }
    if let columns = flow.columns {
      lines.append("    columns:")
      lines += columns.columns.map { column in
        let remark = entry.remarks[column.name].map { "  # \(Scalar.written($0))" } ?? ""
        return "      \(Self.value(column.name)): \(Self.text(of: column))\(remark)"
      }
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private func text(of source: Source) -> String? {
    switch source {
    case .files(let files): "path: \(Self.value(path(files.path)))"
    case .postgres(let source):
      "authorizer: \(Self.value(source.authorizer)), table: \(Self.value(source.table ?? ""))"
    case .rows, .program: nil
    }
  }

  private static func text(of column: DeclaredColumn) -> String {
    if column.from == nil, column.nullable { return value(column.type) }
    var parts = ["type: \(value(column.type))"]
    if let from = column.from { parts.append("from: \(value(from))") }
    if !column.nullable { parts.append("nullable: false") }
    return "{\(parts.joined(separator: ", "))}"
  }

  /// `text`, in which nothing stands for a variable.
  private static func value(_ text: String) -> String { Scalar.written(text.replacing("${", with: "$${")) }

  /// A path as the manifest has it; one that starts with `~` would be taken for somebody's home.
  private func path(_ path: String) -> String {
    let path = relative(path)
    return path.hasPrefix("~") ? "./\(path)" : path
  }

  private func relative(_ path: String) -> String {
    ProjectPath.relative(root.appending(path).string, in: "", root: folder)
  }
}
