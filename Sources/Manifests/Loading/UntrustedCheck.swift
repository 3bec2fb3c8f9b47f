public import Diagnostics
public import SystemPackage

extension Project {
  /// What a stranger's manifests may not name: programs, and paths that leave the project, whose folder is `root`.
  ///
  /// The files that a pattern matches are not looked at here.
  public func untrusted(in root: FilePath) -> [Diagnostic] {
    UntrustedCheck(project: self, bounds: ProjectBounds(of: root)).diagnostics()
  }

  /// The sources that are files, with the places of their paths.
  public var fileSources: [(source: FileSource, place: Place)] {
    sourcesWithPlaces.compactMap { source, places, path in
      guard case .files(let files) = source else { return nil }
      return (files, places.place(of: path.isEmpty ? "path" : "\(path).path"))
    }
  }

  /// All sources, named and inline, each with the path of its fields within its resource.
  fileprivate var sourcesWithPlaces: [(source: Source, places: Places, path: String)] {
    sources.values.map { ($0.spec, $0.places, "") }
      + flows.values.flatMap { flow in
        flow.spec.inputs.compactMap { input in
          guard case .inline(let source) = input.input else { return nil }
          return (source, flow.places, input.name.map { "sources.\($0)" } ?? "source")
        }
      }
  }
}

extension Diagnostic {
  /// `what` is refused with --untrusted.
  public static func untrusted(_ what: String, at place: Place?, help: [String]) -> Diagnostic {
    Diagnostic(.error, "untrusted", "\(what), which --untrusted refuses", at: place, help: help)
  }

  /// `path` is refused with --untrusted, as it leads out of the project.
  public static func untrusted(path: String, _ field: String, at place: Place?) -> Diagnostic {
    .untrusted(
      "\(field) leads out of the project, to \(path)", at: place,
      help: ["name what lies in the project's folder, without links that leave it"])
  }
}

/// Looks for what a stranger's manifests may not name.
private struct UntrustedCheck {
  let project: Project
  let bounds: ProjectBounds

  func diagnostics() -> [Diagnostic] {
    var found: [Diagnostic] = []
    for authorizer in project.authorizers.values { check(authorizer, &found) }
    for tunnel in project.tunnels.values { check(tunnel, &found) }
    for (source, places, path) in project.sourcesWithPlaces { check(source, places, path, &found) }
    for file in project.sandboxInit {
      check(file, "`sandbox.init`", at: project.sandboxInitPlaces[file], &found)
    }
    for (notifier, place) in zip(project.notifiers, project.notifierPlaces) {
      found.append(.program(notifier.command, "`notify`", at: place))
    }
    return found.sorted()
  }

  private func check(_ authorizer: Resource<Authorizer>, _ found: inout [Diagnostic]) {
    let (spec, places) = (authorizer.spec, authorizer.places)
    check(spec.password, "password", places, &found)
    check(spec.url, "url", places, &found)
    check(spec.tls?.rootCertificate, "tls.rootCertificate", places, &found)
    check(spec.tls?.clientCertificate, "tls.clientCertificate", places, &found)
    check(spec.tls?.clientKey, "tls.clientKey", places, &found)
  }

  private func check(_ tunnel: Resource<Tunnel>, _ found: inout [Diagnostic]) {
    let (spec, places) = (tunnel.spec, tunnel.places)
    check(spec.password, "password", places, &found)
    check(spec.identityFile, "identityFile", places, &found)
    check(spec.knownHostsFile, "knownHostsFile", places, &found)
    check(spec.sshConfig, "sshConfig", places, &found)
  }

  private func check(_ source: Source, _ places: Places, _ path: String, _ found: inout [Diagnostic]) {
    let prefix = path.isEmpty ? "" : "\(path)."
    switch source {
    case .program(let source):
      found.append(.program(source.command, "`\(prefix)command`", at: places.place(of: "\(prefix)command")))
    case .files(let source): check(source.glob, "\(prefix)path", places, &found)
    case .postgres, .rows: break
    }
  }

  private func check(_ secret: SecretReference?, _ field: String, _ places: Places, _ found: inout [Diagnostic]) {
    switch secret {
    case .command(let arguments): found.append(.program(arguments, "`\(field)`", at: places.place(of: field)))
    case .file(let path): check(path, "`\(field)`", at: places.place(of: "\(field).file", field), &found)
    case .environment, nil: break
    }
  }

  private func check(_ path: String?, _ field: String, _ places: Places, _ found: inout [Diagnostic]) {
    guard let path else { return }
    check(path, "`\(field)`", at: places.place(of: field), &found)
  }

  private func check(_ path: String, _ field: String, at place: Place?, _ found: inout [Diagnostic]) {
    if !bounds.containStart(of: path) { found.append(.untrusted(path: path, field, at: place)) }
  }
}

extension Diagnostic {
  fileprivate static func program(_ command: [String], _ field: String, at place: Place) -> Diagnostic {
    .untrusted(
      "\(field) runs the program `\(command.first ?? "")`", at: place,
      help: ["take the program out, or run without --untrusted once you have read what it would do"])
  }
}
