internal import Synchronization

#if canImport(FoundationEssentials)
  internal import FoundationEssentials
#else
  internal import Foundation
#endif

/// Takes the values of secrets out of words that are not our own: what a server, libpq, ssh or a program says may echo
/// what it was given.
///
/// It knows the secrets of the whole process, as any of these may repeat any of them: a program inherits variables, a
/// server may be told the wrong password. Our own words never hold one.
public enum Redaction {
  /// What stands in a value's place.
  public static let mark = "***"

  /// Values of fewer bytes stay: `abc` and the like stand in many a word that gives nothing away, and taking them out
  /// would spoil messages and show what the secret is.
  public static let shortest = 6

  private static let known = Mutex<[[UInt8]]>([])

  /// `text` with the known secrets, as they are and as URLs, base64, JSON and SQL write them, behind `***`.
  public static func redacted(_ text: String) -> String {
    let forms = known.withLock { $0 }
    guard !forms.isEmpty else { return text }
    // By bytes: as characters, a value that a combining mark follows would not be found.
    var bytes = Array(text.utf8)
    var isChanged = false
    for form in forms where replace(form, in: &bytes) { isChanged = true }
    return isChanged ? String(decoding: bytes, as: UTF8.self) : text
  }

  /// Takes `value`, and each line of one that has several, up.
  static func learn(_ value: String) {
    let lines = value.split(whereSeparator: \.isNewline).map(String.init)
    let forms = Set(([value] + lines).filter { $0.utf8.count >= shortest }.flatMap(spellings))
    guard !forms.isEmpty else { return }
    known.withLock { known in
      let new = forms.subtracting(known)
      // The longest first, so that no rest of one stays.
      if !new.isEmpty { known = (known + new).sorted { $0.count > $1.count } }
    }
  }

  /// The ways in which `value` may be written within other text.
  private static func spellings(_ value: String) -> [[UInt8]] {
    let base64 = Data(value.utf8).base64EncodedString()
    let escaped = value.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
    return [
      value, percentEncoded(value, uppercase: true), percentEncoded(value, uppercase: false), base64,
      String(base64.prefix { $0 != "=" }), escaped, value.replacing("'", with: "''"),
    ].map { Array($0.utf8) }
  }

  /// All bytes but RFC 3986's unreserved ones as `%` and two digits.
  private static func percentEncoded(_ value: String, uppercase: Bool) -> String {
    let unreserved = Set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~".utf8)
    return value.utf8.reduce(into: "") { result, byte in
      guard !unreserved.contains(byte) else {
        result.unicodeScalars.append(Unicode.Scalar(byte))
        return
      }
      let digits = String(byte, radix: 16, uppercase: uppercase)
      result += (digits.count == 1 ? "%0" : "%") + digits
    }
  }

  /// Puts the mark in the place of each `form`.
  private static func replace(_ form: [UInt8], in bytes: inout [UInt8]) -> Bool {
    guard let first = form.first, bytes.count >= form.count else { return false }
    var result: [UInt8] = []
    var start = 0
    var at = 0
    while at <= bytes.count - form.count {
      guard bytes[at] == first, bytes[at..<at + form.count].elementsEqual(form) else {
        at += 1
        continue
      }
      result += bytes[start..<at]
      result += mark.utf8
      at += form.count
      start = at
    }
    guard start > 0 else { return false }
    bytes = result + bytes[start...]
    return true
  }
}
