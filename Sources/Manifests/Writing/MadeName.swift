extension ResourceName {
  /// `text` as a name may be: in lower case, with `joint` for each run of other characters; empty where nothing may stay.
  ///
  /// - Parameter others: characters that may stay, besides letters and digits.
  static func made(from text: String, joint: Character, keeping others: String) -> String {
    var name = ""
    for scalar in text.lowercased().unicodeScalars {
      switch scalar {
      case "a"..."z", "0"..."9": name.unicodeScalars.append(scalar)
      case _ where others.unicodeScalars.contains(scalar): name.unicodeScalars.append(scalar)
      default: if !name.isEmpty, name.last != joint { name.append(joint) }
      }
    }
    name = String(name.drop { "_.-".contains($0) }.prefix(63))
    while let last = name.last, "_.-".contains(last) { name.removeLast() }
    return name
  }
}

extension FileSource {
  /// A name for the flow of the files at `path`, and for its table: that of the file without its endings, or of the nearest
  /// folder where the file's is a pattern of nothing but wildcards.
  public static func flowName(of path: String) -> String {
    for part in path.split(separator: "/").reversed() {
      let name = ResourceName.made(from: stem(String(part)), joint: "_", keeping: "_")
      if !name.isEmpty { return name }
    }
    return "files"
  }

  private static func stem(_ file: String) -> String {
    var parts = file.split(separator: ".").map(String.init)
    for endings in [["gz", "zst"], ["csv", "tsv", "tab", "txt", "json", "jsonl", "ndjson"]] {
      if let last = parts.last, endings.contains(last.lowercased()) { parts.removeLast() }
    }
    return parts.joined(separator: ".")
  }
}
