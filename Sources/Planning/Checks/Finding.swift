internal import Catalog
internal import Diagnostics

/// A check of one step, and the diagnostic that a failed one becomes.
struct Finding {
  var check: Check
  /// What it says to the user; nothing for a check that passed, and for one whose cause another step reports.
  var diagnostic: Diagnostic?
  /// What it is about (`schema dbo of wh`): findings of one cause and check become one diagnostic.
  var cause: String

  /// A check that passed.
  static func passed(_ id: Check.ID, _ message: String) -> Finding {
    Finding(check: Check(id, .passed, message), diagnostic: nil, cause: "")
  }

  /// A check that could not be made.
  static func skipped(_ id: Check.ID, _ message: String) -> Finding {
    Finding(check: Check(id, .skipped, message), diagnostic: nil, cause: "")
  }

  /// The authorizer could not be reached; its own step says why.
  static func unreachable(_ authorizer: String) -> Finding {
    Finding(
      check: Check(.connection, .failed, "authorizer \(authorizer) could not be reached"), diagnostic: nil, cause: "")
  }

  /// A check that failed.
  static func failed(
    _ id: Check.ID, _ message: String, cause: String, at place: Place, label: String? = nil, help: [String] = [],
    related: [RelatedPlace] = [], remedy: Remedy? = nil
  ) -> Finding {
    Finding(
      check: Check(id, .failed, message, remedy: remedy),
      diagnostic: Diagnostic(
        .error, id.rawValue, message, at: place, label: label, help: help + (remedy?.statements ?? []),
        related: related),
      cause: cause)
  }

  /// A check that holds, with something to know.
  static func warning(
    _ id: Check.ID, _ message: String, cause: String, at place: Place, label: String? = nil, help: [String] = []
  ) -> Finding {
    Finding(
      check: Check(id, .passed, message),
      diagnostic: Diagnostic(.warning, id.rawValue, message, at: place, label: label, help: help), cause: cause)
  }

  /// Whether it stops its step.
  var isFailure: Bool { check.status == .failed }
}
