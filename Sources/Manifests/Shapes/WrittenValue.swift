internal import YAML

extension Node {
  /// The element of a list that has no other, as it would be written, where it is a plain name.
  var onlyName: String? {
    guard case .sequence(let nodes) = content, nodes.count == 1, let text = nodes[0].scalar?.text else { return nil }
    return text.isPlain(and: "_") ? WrittenValue.text(text) : nil
  }
}

/// Values as they would stand in a manifest, to be copied from a help line.
enum WrittenValue {
  /// `text` as YAML takes it for a text, on one line: in quotes only where it would be something else without.
  static func text(_ text: String) -> String {
    let isPlain =
      ScalarKind(plain: text) == .string && text.isPlain(and: "_-./$*")
      && text.utf8.first { $0 != UInt8(ascii: "-") }.map(ASCII.isLetterOrDigit) == true
    if isPlain { return text }
    let escaped = text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\t", with: "\\t")
    return "\"\(escaped)\""
  }

  /// A scalar as it was written; nothing for one that holds what is not known, or goes over lines.
  static func scalar(_ scalar: Scalar) -> String? {
    guard scalar.style != .unknown, !scalar.text.contains(where: \.isNewline) else { return nil }
    if scalar.style == .plain, scalar.kind != .string { return scalar.text }
    return text(scalar.text)
  }

  /// `[a, b]`.
  static func list(_ texts: [String]) -> String { "[\(texts.map(text).joined(separator: ", "))]" }
}
