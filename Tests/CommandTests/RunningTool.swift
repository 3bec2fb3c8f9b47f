import Foundation
import SystemPackage
import TestSupport

/// The built tool while it runs, for tests that stop it.
final class RunningTool: Sendable {
  /// The process's id.
  let pid: Int32
  private let ended: AsyncStream<Int32>

  /// Starts the tool; what it prints is thrown away.
  init(_ arguments: [String], environment: [String: String]) throws {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: Tool.path.string)
    process.arguments = arguments
    process.environment = environment
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    let (stream, continuation) = AsyncStream.makeStream(of: Int32.self)
    process.terminationHandler = { process in
      let bySignal = process.terminationReason == .uncaughtSignal
      continuation.yield(bySignal ? 128 + process.terminationStatus : process.terminationStatus)
      continuation.finish()
    }
    try process.run()
    pid = process.processIdentifier
    ended = stream
  }

  /// Waits for its end: the exit status; a signal counts as 128 and its number.
  func status() async -> Int32? {
    for await status in ended { return status }
    return nil
  }
}
