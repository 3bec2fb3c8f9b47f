import ArgumentParser
import Diagnostics
import JSON
import Manifests
import State
import Views

/// `sluice state`: what was applied.
struct StateCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "state", abstract: "Look at what was applied, and mend the record of it.",
    subcommands: [List.self, Show.self, Move.self, Remove.self])

  /// `sluice state list`.
  struct List: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "List the addresses of all that was applied.",
      discussion: """
        Example:
          sluice state list
        """)
    @OptionGroup var project: ProjectOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
      try await StateWork(project, output).run { work in
        let addresses = try work.read().resources.keys.sorted()
        work.speaker.document(["formatVersion": 1, "resources": .array(addresses.map { .string($0) })])
        if !addresses.isEmpty { work.speaker.result(addresses.map { $0.printable() }.joined(separator: "\n")) }
      }
    }
  }

  /// `sluice state show`.
  struct Show: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Show one resource as it was applied, as JSON.",
      discussion: """
        Example:
          sluice state show flow/orders
        """)
    @OptionGroup var project: ProjectOptions
    @OptionGroup var output: OutputOptions
    @Argument(help: "An address, as in flow/orders.", completion: .applied) var address: String

    func run() async throws {
      try await StateWork(project, output).run { work in
        let resource = try work.read().resource(address)
        work.speaker.result(resource.json.text(.sorted))
        work.speaker.document(stateDocument(address, resource))
      }
    }
  }

  /// `sluice state mv`.
  struct Move: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "mv", abstract: "Record what was applied under another address.",
      discussion: """
        Only the record changes, no database and no manifest. The next plan takes what it finds in the manifests under the
        new address for the same resource: where nothing else differs, it is unchanged, and nothing is created or deleted.
        The ledger's rows of a flow are still found under its former name. Other resources that name the old address are
        updated once their manifests name the new one. To rename with a plan to look at first, write `renamedFrom` in the manifest instead.

        Examples:
          sluice state mv flow/orders flow/sales.orders
        """)
    @OptionGroup var project: ProjectOptions
    @OptionGroup var output: OutputOptions
    @OptionGroup var lock: LockOptions
    @Argument(help: "The address as it is, as in flow/orders.", completion: .applied) var old: String
    @Argument(help: "The address as it shall be, of the same kind.", completion: .addresses) var new: String

    func run() async throws {
      try await StateWork(project, output).run { work in
        try await work.change("sluice state mv", lock) { state throws(Failure) in
          var resource = try state.resource(old)
          guard let from = Address(old), let to = Address(new), from.kind == to.kind, to.isValid else {
            throw Failure(.wrongTarget(new, of: old))
          }
          guard state.resources[new] == nil else {
            throw Failure(
              Diagnostic(
                .error, "address-taken", "the state holds \(new) already",
                help: ["to forget that one first, run:", work.workspace.commandLine("state rm \(new)")]))
          }
          if from.kind == .flow { resource.rename(from: from.name, to: to.name) }
          return [StateChange(address: old, resource: nil), StateChange(address: new, resource: resource)]
        }
        work.speaker.document(["formatVersion": 1, "from": .string(old), "to": .string(new)])
        work.speaker.note("\(old) is \(new) from now on. The state before is kept as its backup.")
      }
    }
  }

  /// `sluice state rm`.
  struct Remove: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "rm", abstract: "Forget what was applied; the databases stay as they are.",
      discussion: """
        Tables, rows and the ledger are not touched. Where the manifests still hold the resource, the next plan adopts what
        exists; where they do not, nothing knows of it any more.

        Examples:
          sluice state rm flow/orders
        """)
    @OptionGroup var project: ProjectOptions
    @OptionGroup var output: OutputOptions
    @OptionGroup var lock: LockOptions
    @Flag(help: "Forget resources with `protect: true` too.") var force = false
    @Argument(help: "Addresses, as in flow/orders.", completion: .applied) var addresses: [String]

    func run() async throws {
      try await StateWork(project, output).run { work in
        try await work.change("sluice state rm", lock) { state throws(Failure) in
          var problems: [Diagnostic] = []
          for address in addresses {
            do throws(Failure) {
              let resource = try state.resource(address)
              if !force, resource.spec["protect"]?.boolValue == true { problems.append(.protected(address)) }
            } catch { problems += error.diagnostics }
          }
          if !problems.isEmpty { throw Failure(problems) }
          return addresses.map { StateChange(address: $0, resource: nil) }
        }
        work.speaker.document(["formatVersion": 1, "removed": .array(addresses.map { .string($0) })])
        work.speaker.note(
          "Forgotten: \(addresses.joined(separator: ", ")). No database was touched; the state before is kept as its backup."
        )
      }
    }
  }
}

/// What the subcommands share: where the state is, and how they speak.
private struct StateWork {
  let workspace: Workspace
  let speaker: Speaker
  private let store: StateFile

  init(_ project: ProjectOptions, _ output: OutputOptions) {
    workspace = Workspace(project)
    speaker = Speaker(output, workspace)
    store = workspace.store(environment: project.environment ?? workspace.environment["SLUICE_ENV"])
  }

  /// Does `body`, and shows why it failed.
  func run(_ body: (StateWork) async throws -> Void) async throws {
    do {
      try await body(self)
    } catch let failure as Failure {
      throw speaker.stop(failure) { ["formatVersion": 1, "diagnostics": .array($0.map(diagnosticJSON))] }
    }
  }

  /// The state; an empty one where nothing was applied yet.
  func read() throws(Failure) -> AppliedState { try store.read() ?? AppliedState(lineage: "") }

  /// Records what `body` wants changed of the state, under the lock.
  func change(
    _ command: String, _ lock: LockOptions, _ body: (AppliedState) throws(Failure) -> [StateChange]
  ) async throws {
    let session = try await lock.open(store, for: command, speaker)
    do {
      let state = session.state ?? AppliedState(lineage: "")
      try await session.record(try body(state), lineage: state.lineage)
    } catch {
      try await session.close()
      throw error
    }
    try await session.close()
  }
}

extension AppliedState {
  /// The resource at `address`.
  ///
  /// - Throws: `Failure` that names the one which was probably meant.
  fileprivate func resource(_ address: String) throws(Failure) -> AppliedResource {
    if let resource = resources[address] { return resource }
    throw Failure(
      Diagnostic(
        .error, "unknown-address", "the state holds no \(address)",
        help: suggestions(for: address, in: resources.keys.sorted(), called: "it holds")))
  }
}

extension AppliedResource {
  /// Keeps the old name, by which the ledger knows the flow's loads.
  fileprivate mutating func rename(from old: String, to new: String) {
    formerNames.removeAll { $0 == old || $0 == new }
    formerNames.append(old)
  }
}

extension Diagnostic {
  fileprivate static func wrongTarget(_ new: String, of old: String) -> Diagnostic {
    let kind = old.prefix { $0 != "/" }
    return Diagnostic(
      .error, "wrong-address", "\(old) cannot become \"\(new)\"",
      help: ["write \(kind)/ and a name of lower-case letters, digits, `_`, `.` and `-`"])
  }

  fileprivate static func protected(_ address: String) -> Diagnostic {
    Diagnostic(
      .error, "protected", "\(address) has `protect: true`, and is not forgotten",
      help: ["add --force, or take `protect` out of its manifest and apply first"])
  }
}
