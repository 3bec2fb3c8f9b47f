internal import OrderedCollections

/// How JSON text is laid out.
public struct JSONFormat: Sendable {
  /// Two spaces a level and a member a line, else all on one line.
  public var isIndented: Bool
  /// Members by the bytes of their keys, else in the order of the object.
  public var sortsKeys: Bool

  /// One line, members in their order: for streams of events.
  public static let line = JSONFormat(isIndented: false, sortsKeys: false)
  /// Indented, members in their order: for documents.
  public static let document = JSONFormat(isIndented: true, sortsKeys: false)
  /// Indented, members sorted: for files kept under version control.
  public static let sorted = JSONFormat(isIndented: true, sortsKeys: true)
}

extension JSONValue {
  /// The value as JSON text (RFC 8259), without a newline at the end.
  public func text(_ format: JSONFormat) -> String {
    var bytes: [UInt8] = []
    append(to: &bytes, format, depth: 0)
    return String(decoding: bytes, as: UTF8.self)
  }

  private func append(to bytes: inout [UInt8], _ format: JSONFormat, depth: Int) {
    switch self {
    case .null: bytes += "null".utf8
    case .bool(let value): bytes += (value ? "true" : "false").utf8
    case .number(let text): bytes += text.utf8
    case .string(let text): Self.append(text, to: &bytes)
    case .array(let values):
      Self.append(values, between: ("[", "]"), to: &bytes, format, depth) { value, bytes in
        value.append(to: &bytes, format, depth: depth + 1)
      }
    case .object(let members):
      let ordered =
        format.sortsKeys
        ? members.elements.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) } : Array(members.elements)
      Self.append(ordered, between: ("{", "}"), to: &bytes, format, depth) { member, bytes in
        Self.append(member.key, to: &bytes)
        bytes += (format.isIndented ? ": " : ":").utf8
        member.value.append(to: &bytes, format, depth: depth + 1)
      }
    }
  }

  private static func append<Element>(
    _ elements: [Element], between brackets: (StaticString, StaticString), to bytes: inout [UInt8],
    _ format: JSONFormat, _ depth: Int, each: (Element, inout [UInt8]) -> Void
  ) {
    bytes += "\(brackets.0)".utf8
    for (index, element) in elements.enumerated() {
      if index > 0 { bytes.append(UInt8(ascii: ",")) }
      if format.isIndented { newline(to: &bytes, depth + 1) }
      each(element, &bytes)
    }
    if format.isIndented, !elements.isEmpty { newline(to: &bytes, depth) }
    bytes += "\(brackets.1)".utf8
  }

  private static func newline(to bytes: inout [UInt8], _ depth: Int) {
    bytes.append(UInt8(ascii: "\n"))
    bytes.append(contentsOf: repeatElement(UInt8(ascii: " "), count: depth * 2))
  }

  private static func append(_ text: String, to bytes: inout [UInt8]) {
    bytes.append(UInt8(ascii: "\""))
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "\""): bytes += "\\\"".utf8
      case UInt8(ascii: "\\"): bytes += "\\\\".utf8
      case UInt8(ascii: "\n"): bytes += "\\n".utf8
      case UInt8(ascii: "\r"): bytes += "\\r".utf8
      case UInt8(ascii: "\t"): bytes += "\\t".utf8
      case 0..<0x20, 0x7f:
        let digits = String(byte, radix: 16)
        bytes += ("\\u" + String(repeating: "0", count: 4 - digits.count) + digits).utf8
      default: bytes.append(byte)
      }
    }
    bytes.append(UInt8(ascii: "\""))
  }
}
