internal import Diagnostics
internal import JSON
internal import OrderedCollections
internal import SystemPackage
internal import YAML

extension Shape where Value == String {
  /// The path of a file: relative to the manifest as written, to the project as read.
  static let path = path(refusing: "\\{\\{") { text in
    guard text.utf8.contains(UInt8(ascii: "{")), text.contains("{{") else { return nil }
    return Complaint("holds `{{`, which stands for days in the `path` of a source alone")
  }

  /// A pattern of paths, which may stand for days.
  static let dayPath = path(refusing: ProjectPath.noTemplate) { text in ProjectPath.problem(ofTemplate: text) }

  private static func path(
    refusing pattern: String, problem: @escaping @Sendable (String) -> Complaint?
  ) -> Shape {
    Shape(
      "a path",
      schema: [
        "type": ["string", "number"], "minLength": 1,
        "not": ["pattern": .string("^~|\(pattern)|^[A-Za-z][A-Za-z0-9+.-]*://")],
      ],
      takesVariable: false
    ) { node, reading in
      read(node, &reading, problem)
    } write: {
      .string($0)
    }
  }

  private static func read(_ node: Node, _ reading: inout Reading, _ problem: (String) -> Complaint?) -> String? {
    if case .sequence = node.content {
      reading.complain(
        Complaint(
          "wants a path, found a list", code: "wrong-type",
          help: [
            "write one pattern, as in `path: data/*.csv`, or a source each in the flow's `sources: {name: {path: ...}}`"
          ]),
        about: node)
      return nil
    }
    guard let text = reading.text(node, wants: "a path") else { return nil }
    if let complaint = ProjectPath.problem(of: text) ?? problem(text) {
      reading.complain(complaint, about: node)
      return nil
    }
    return ProjectPath.relative(text, in: ProjectPath.folder(of: node.place.file), root: reading.root)
  }
}

/// Paths as the state holds them: relative to the project, without needless parts.
enum ProjectPath {
  /// The folder of the file at `path`: all before the last slash.
  static func folder(of path: String) -> Substring {
    path.utf8.lastIndex(of: UInt8(ascii: "/")).map { path[..<$0] } ?? ""
  }

  /// What a schema knows of expressions that stand for no days, as a regular expression.
  static let noTemplate =
    "\\{\\{(?! *([0-9]{1,6}[dwmy][0-9]{1,6}|today|yesterday) *\\|(\\\\.|[YymndjHis]|[^A-Za-z\\\\])+\\}\\})"

  static func problem(of text: String) -> Complaint? {
    if text.isEmpty { return Complaint("is empty") }
    if text.hasPrefix("~") {
      return Complaint("starts with `~`, which stands for nothing here", help: ["write the whole path"])
    }
    return address(text)
  }

  static func problem(ofTemplate text: String) -> Complaint? {
    guard text.utf8.contains(UInt8(ascii: "{")) else { return nil }
    do { _ = try PathTemplate(text) } catch { return Complaint(error) }
    return nil
  }

  /// What is wrong with a path that is a URL.
  private static func address(_ text: String) -> Complaint? {
    guard let mark = text.firstRange(of: "://") else { return nil }
    let scheme = text[..<mark.lowerBound].lowercased()
    guard scheme.isPlain(and: "+.-"), scheme.utf8.first.map(ASCII.isLetter) == true else { return nil }
    if scheme == "file" {
      return .wants("a path", found: text, meant: String(text[mark.upperBound...]))
    }
    let program: [String] =
      switch scheme {
      case "s3": ["aws", "s3", "cp", text, "-"]
      case "gs": ["gcloud", "storage", "cat", text]
      case "sftp", "ftp", "http", "https": ["curl", "-fsSL", text]
      default: ["program", text]
      }
    return Complaint(
      "is a URL, and a path is that of a file on this machine",
      help: [
        "write `command: \(WrittenValue.list(program))` and `format: csv` in its place: a program's output is read"
      ])
  }

  /// `text`, which is relative to `folder` or absolute, as a path relative to `root`, normalised by its letters alone.
  static func relative(_ text: String, in folder: Substring, root: FilePath?) -> String {
    var parts: [Substring] = []
    if text.hasPrefix("/") {
      guard let root else { return text }
      return relative(absolute: text, to: root.string)
    }
    append(folder, to: &parts)
    append(text[...], to: &parts)
    return parts.isEmpty ? "." : parts.joined(separator: "/")
  }

  private static func relative(absolute text: String, to root: String) -> String {
    var (target, base): ([Substring], [Substring]) = ([], [])
    append(text[...], to: &target, isAbsolute: true)
    append(root[...], to: &base, isAbsolute: true)
    let shared = zip(target, base).prefix { $0 == $1 }.count
    let parts = Array(repeating: "..", count: base.count - shared) + target[shared...]
    return parts.isEmpty ? "." : parts.joined(separator: "/")
  }

  private static func append(_ text: Substring, to parts: inout [Substring], isAbsolute: Bool = false) {
    // By bytes, as whole characters are found slowly, and a slash is no part of any other.
    for part in text.utf8.split(separator: UInt8(ascii: "/")).lazy.map({ Substring($0) }) where part != "." {
      if part != ".." {
        parts.append(part)
      } else if let last = parts.last, last != ".." {
        parts.removeLast()
      } else if !isAbsolute {
        parts.append(part)
      }
    }
  }
}
