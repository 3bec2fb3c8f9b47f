/// How much a diagnostic matters.
public enum Severity: String, Hashable, Sendable, Codable, Comparable {
  /// Worth knowing; stops nothing.
  case warning
  /// Something is wrong; the command fails.
  case error

  /// A warning comes before an error.
  public static func < (left: Severity, right: Severity) -> Bool {
    left == .warning && right == .error
  }
}

/// A second place that explains a diagnostic: the other definition, who uses this.
public struct RelatedPlace: Hashable, Sendable, Codable {
  /// What stands there, as half a sentence.
  public var message: String
  /// Where.
  public var place: Place

  /// Makes a related place.
  public init(_ message: String, at place: Place) {
    self.message = message
    self.place = place
  }
}

/// One finding for the user: what is wrong, where, and what to write instead.
public struct Diagnostic: Hashable, Sendable, Codable {
  /// How much it matters.
  public var severity: Severity
  /// The stable, kebab-case name that tests and scripts rely on.
  public var code: String
  /// A stable, kebab-case name of the cause, where one code stands for many: `certificate-expired`.
  public var reason: String?
  /// One sentence, without a full stop: what is wrong with which thing.
  public var message: String
  /// Where, if it has a place in a file.
  public var place: Place?
  /// A few words shown beside the caret.
  public var label: String?
  /// What to do, one hint each; a statement or command stands alone, ready to copy.
  public var help: [String]
  /// Other places that explain it.
  public var related: [RelatedPlace]

  /// Makes a diagnostic.
  ///
  /// A place in a file without a name is none: what was recorded, or is yet to be written, stands in no file.
  public init(
    _ severity: Severity, _ code: String, _ message: String, at place: Place? = nil, label: String? = nil,
    help: [String] = [], related: [RelatedPlace] = [], reason: String? = nil
  ) {
    self.severity = severity
    self.code = code
    self.reason = reason
    self.message = message
    self.place = place.flatMap { $0.file.isEmpty ? nil : $0 }
    self.label = label
    self.help = help
    self.related = related.filter { !$0.place.file.isEmpty }
  }
}

extension Diagnostic: Comparable {
  /// By place (those without one first), then code, then message.
  public static func < (left: Diagnostic, right: Diagnostic) -> Bool {
    switch (left.place, right.place) {
    case (nil, nil): break
    case (nil, _): return true
    case (_, nil): return false
    case (let l?, let r?) where l != r: return l < r
    default: break
    }
    return (left.code, left.message) < (right.code, right.message)
  }
}

/// An error that says all that there is to say as diagnostics; thrown where a command cannot go on.
public struct Failure: Error, Sendable, Equatable {
  /// What is wrong; never empty.
  public var diagnostics: [Diagnostic]
  /// Whether the same may well succeed a little later.
  public var isTransient = false

  /// Makes a failure of one diagnostic.
  public init(_ diagnostic: Diagnostic) { self.diagnostics = [diagnostic] }

  /// Makes a failure of several.
  public init(_ diagnostics: [Diagnostic]) { self.diagnostics = diagnostics }
}
