internal import Foundation
internal import Subprocess

/// A JSON Schema of `schemas/` for what commands print, checked by Python's jsonschema.
public struct DocumentSchema: Sendable {
  private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

  private let path: String

  /// - Parameter name: as in `plan.schema.json`.
  public init(_ name: String) { path = Self.root.appending(path: "schemas/\(name).schema.json").path }

  /// - Parameter path: of a schema that is not one of `schemas/`.
  public init(at path: String) { self.path = path }

  /// Whether Python can validate: required in CI, a named skip elsewhere.
  public static func canBeChecked() async -> Bool {
    if ProcessInfo.processInfo.environment["CI"] == "true" { return true }
    let result = try? await run(
      .name("python3"), arguments: ["-c", "import jsonschema"], output: .discarded, error: .discarded)
    return result?.terminationStatus.isSuccess == true
  }

  /// What the first of `files` that is not as the schema says has wrong, members that it does not describe included; nothing
  /// where all are fine.
  ///
  /// - Parameter files: paths of documents; a file that ends in `.jsonl` has one on each line.
  public func problem(in files: [String]) async throws -> String? {
    let script = Self.root.appending(path: "Tests/ViewsTests/Fixtures/documents.py").path
    let result = try await run(
      .name("python3"), arguments: Arguments([script, path] + files), output: .string(limit: 1 << 20),
      error: .string(limit: 1 << 20))
    if result.terminationStatus.isSuccess { return nil }
    return result.standardOutput + result.standardError
  }
}
