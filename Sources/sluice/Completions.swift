import ArgumentParser
import Dispatch
import Manifests
import Planning
import State

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// What a shell offers for a word of the command line, from the files of the project alone: manifests and state. Nothing
/// is connected to, no program is run, no secret read; where the files cannot be read, nothing is offered.
extension CompletionKind {
  /// Flows' names, of the manifests and of what was applied.
  static var flows: CompletionKind {
    offer { $0.known.filter { $0.kind == .flow }.map(\.name) }
  }

  /// Authorizers' names.
  static var authorizers: CompletionKind {
    offer { $0.project?.authorizers.keys.map { $0 } ?? [] }
  }

  /// The addresses of the manifests.
  static var addresses: CompletionKind {
    offer { $0.project?.addresses.map(\.description) ?? [] }
  }

  /// The addresses of what was applied.
  static var applied: CompletionKind {
    offer { $0.applied.map(\.description) }
  }

  /// The addresses of the manifests, and of what was applied and is to go.
  static var selectable: CompletionKind {
    offer { $0.known.map(\.description) }
  }

  /// The environments of sluice.yaml.
  static var environments: CompletionKind {
    offer { $0.project?.environments ?? [] }
  }

  /// Offers names that a project's files hold; those only that a manifest may hold, as a state may be damaged.
  private static func offer(_ names: @escaping @Sendable (CompletionContext) -> [String]) -> CompletionKind {
    .custom { words, index, _ in
      // Who presses the key waits: of a folder that is no project, and has half a disk below it, nothing is offered.
      let limit = endBeyondTheLimit()
      defer { limit.cancel() }
      guard let context = CompletionContext(words: words, completing: index) else { return [] }
      return Set(names(context)).filter { (Address($0) ?? Address(.flow, $0)).isValid }.sorted()
    }
  }
}

/// Ends the process once it has used half a second of the processor: by the clock on the wall, a busy machine would be
/// offered nothing either.
///
/// - Returns: what does so until it is cancelled.
private func endBeyondTheLimit() -> any DispatchSourceTimer {
  let timer = DispatchSource.makeTimerSource()
  timer.schedule(deadline: .now() + .milliseconds(100), repeating: .milliseconds(100))
  timer.setEventHandler {
    var used = timespec()
    if unsafe clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used) == 0, used.tv_sec > 0 || used.tv_nsec > 500_000_000 {
      _exit(0)
    }
  }
  timer.activate()
  return timer
}

/// The project that an unfinished command line is about.
struct CompletionContext {
  /// As far as the manifests can be read, with a flow for each table that a flow of many was applied for.
  let project: Project?
  /// The addresses of what was applied.
  let applied: [Address]

  /// - Parameters:
  ///   - words: the command line as it is typed, with the quotes.
  ///   - index: the word that is being completed, which says nothing yet.
  init?(words: [String], completing index: Int) {
    var arguments: [String] = []
    var position = 0
    while position < words.count, words[position] != "--" {
      defer { position += 1 }
      if position == index { continue }
      let word = Self.plain(words[position])
      if ["--sandbox", "--untrusted"].contains(word) { arguments.append(word) }
      if Self.valued.contains(word), position + 1 < words.count, position + 1 != index {
        arguments += [word, Self.plain(words[position + 1])]
      } else if Self.valued.contains(where: { word.hasPrefix("\($0)=") }) {
        arguments.append(word)
      }
    }
    guard let options = try? ProjectOptions.parse(arguments) else { return nil }
    let workspace = Workspace(options)
    let declared = try? workspace.load().project
    let state = try? workspace.store(environment: declared?.environment ?? workspace.environmentName).read()
    project = try? declared?.expanded([:], recorded: state)
    applied = state?.resources.keys.compactMap { Address($0) } ?? []
  }

  /// The addresses of the manifests, and those of what was applied.
  var known: [Address] { (project?.addresses ?? []) + applied }

  /// The options that say which project and state it is.
  private static let valued = ["-C", "--env", "--state", "--var"]

  /// A shell's word without its quotes, and with the home folder in place of `~`.
  private static func plain(_ word: String) -> String {
    let text = word.filter { !"\"'\\".contains($0) }
    guard text.hasPrefix("~/"), let home = Sluice.environment["HOME"] else { return text }
    return home + text.dropFirst()
  }
}
