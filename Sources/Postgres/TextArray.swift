/// PostgreSQL's text form of one-dimensional arrays: `{a,"b c",NULL}` (manual, 8.15.6).
enum TextArray {
  /// Writes `elements`; every one is quoted, so that none can be taken for NULL or for a bracket.
  static func text(of elements: some Sequence<String?>) -> String {
    var bytes: [UInt8] = [UInt8(ascii: "{")]
    for element in elements {
      if bytes.count > 1 { bytes.append(UInt8(ascii: ",")) }
      guard let element else {
        bytes += "NULL".utf8
        continue
      }
      bytes.append(UInt8(ascii: "\""))
      for byte in element.utf8 {
        if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") { bytes.append(UInt8(ascii: "\\")) }
        bytes.append(byte)
      }
      bytes.append(UInt8(ascii: "\""))
    }
    bytes.append(UInt8(ascii: "}"))
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Reads the elements of an array; nothing where `bytes` is no one-dimensional array with bounds from 1.
  static func elements(of bytes: UnsafeRawBufferPointer) -> [String?]? {
    guard bytes.first == UInt8(ascii: "{"), bytes.last == UInt8(ascii: "}"), bytes.count >= 2 else { return nil }
    var elements: [String?] = []
    var element: [UInt8] = []
    var wasQuoted = false
    var isQuoted = false
    var index = 1
    let end = bytes.count - 1
    if index == end { return [] }
    while index < end {
      let byte = bytes[index]
      switch byte {
      case UInt8(ascii: "\\"):
        index += 1
        guard index < end else { return nil }
        element.append(bytes[index])
      case UInt8(ascii: "\""):
        isQuoted.toggle()
        wasQuoted = true
      case UInt8(ascii: ",") where !isQuoted:
        elements.append(value(of: element, wasQuoted: wasQuoted))
        element.removeAll(keepingCapacity: true)
        wasQuoted = false
      case UInt8(ascii: "{") where !isQuoted: return nil
      default: element.append(byte)
      }
      index += 1
    }
    guard !isQuoted else { return nil }
    elements.append(value(of: element, wasQuoted: wasQuoted))
    return elements
  }

  private static func value(of bytes: [UInt8], wasQuoted: Bool) -> String? {
    let text = String(decoding: bytes, as: UTF8.self)
    return !wasQuoted && text.lowercased() == "null" ? nil : text
  }
}
