import ArgumentParser
import Loading
import SystemPackage

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// How a run loads.
struct LoadingOptions: ParsableArguments {
  @Flag(help: "Load files and slots once more that were loaded already.") var again = false
  @Flag(
    help: """
      Read everything again, as if nothing was loaded before: cursors start at `initial`, files are all read. Refused where \
      rows would be appended twice: with `writeMode: insert` or `insert_ignore`, no key and no unique index.
      """)
  var fullRefresh = false
  @Flag(help: "Pass over the flows' quality rules, this once; the ledger records it.") var skipQuality = false
  @Flag(help: "Where another load has a table, wait until it has ended; else the flow fails.") var wait = false
  @Option(help: ArgumentHelp("How many flows load side by side; default: the number of cores.", valueName: "n"))
  var parallel: Int?

  func validate() throws {
    if let parallel, parallel < 1 { throw ValidationError("--parallel wants a number from 1 on") }
  }

  /// What all loads of the run have in common.
  ///
  /// - Parameter allowedDeletes: how many rows each load may delete whatever its flow says.
  func flowRun(_ workspace: Workspace, allowedDeletes: Int) -> FlowRun {
    var run = FlowRun(
      folder: workspace.folder, rejects: workspace.folder.appending(".sluice").appending("rejects"),
      host: ProcessInfo.processInfo.hostName, version: Sluice.version,
      parallel: parallel ?? ProcessInfo.processInfo.activeProcessorCount)
    run.again = again
    run.fullRefresh = fullRefresh
    run.waits = wait
    run.skipsQuality = skipQuality
    run.allowedDeletes = allowedDeletes
    return run
  }

  /// The same options, as they are written.
  var arguments: [String] {
    (again ? ["--again"] : []) + (fullRefresh ? ["--full-refresh"] : []) + (wait ? ["--wait"] : [])
      + (skipQuality ? ["--skip-quality"] : [])
      + (parallel.map { ["--parallel", String($0)] } ?? [])
  }
}
