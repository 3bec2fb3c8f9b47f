public import Diagnostics
public import SystemPackage
internal import YAML

#if canImport(FoundationEssentials)
  internal import FoundationEssentials
#else
  internal import Foundation
#endif

extension Project {
  /// Reads all manifests of the project in `folder`, and finds all that is wrong with them.
  ///
  /// Reads files only: no secret, no source, no connection.
  ///
  /// - Parameter folder: absolute, or relative to the current folder.
  /// - Throws: where `folder` is no folder. What is wrong within it are diagnostics of the result.
  public static func load(folder: FilePath, options: LoadOptions = LoadOptions()) throws(Failure) -> LoadedProject {
    let current = FilePath(FileManager.default.currentDirectoryPath)
    let root = (folder.isAbsolute ? folder : current.appending(folder.components)).lexicallyNormalized()
    guard let type = try? root.stat().type, type == .directory else {
      throw Failure(Diagnostic(.error, "no-such-folder", "there is no folder \(folder)"))
    }
    var loader = ProjectLoader(root: root, options: options)
    return loader.load()
  }
}

/// Puts a project together, file by file.
struct ProjectLoader {
  let options: LoadOptions
  var project = Project()
  var diagnostics: [Diagnostic] = []
  private var files: ManifestFiles

  init(root: FilePath, options: LoadOptions) {
    self.options = options
    files = ManifestFiles(root: root)
  }

  mutating func load() -> LoadedProject {
    var count = 0
    let (settings, context, patterns) = readSettings(&count)
    project.name = settings.name
    project.sandboxInit = settings.sandbox.scripts
    context.checkDefaults(&diagnostics)

    let paths = files.manifests(patterns)
    let manifests = ManifestReader(root: files.root, context: context).read(paths)
    count += paths.count
    if paths.isEmpty { diagnostics.append(Self.noManifests) }
    for manifest in manifests { diagnostics += manifest.diagnostics }

    var names = DeclaredNames()
    project.tunnels = merge(manifests, \.tunnels, &names)
    project.authorizers = merge(manifests, \.authorizers, &names)
    project.sources = merge(manifests, \.sources, &names)
    project.destinations = merge(manifests, \.destinations, &names)
    project.flows = merge(manifests, \.flows, &names)
    names.isComplete = manifests.allSatisfy(\.isComplete)

    diagnostics += ReferenceCheck(project: project, names: names).diagnostics()
    diagnostics += files.diagnostics
    if options.isUntrusted { diagnostics += project.untrusted(in: files.root) }
    return LoadedProject(project: project, diagnostics: Set(diagnostics).sorted(), files: count)
  }

  /// Reads sluice.yaml, if there is one.
  private mutating func readSettings(
    _ count: inout Int
  ) -> (ProjectSettings, ManifestContext, [(text: String, place: Place)]?) {
    var entries: [Entry] = []
    if files.exists(ProjectSettings.file) {
      count += 1
      entries = readSettingsFile()
    }
    let start = Place(file: ProjectSettings.file, line: 1, column: 1)
    let own = Set(VariableDeclarations.record.names)
    var reading = Reading(root: files.root)
    let declarations = VariableDeclarations.record.read(
      entries.filter { own.contains($0.key) }, at: start, &reading)
    diagnostics += reading.diagnostics
    project.environments = declarations.environments.map(\.name)
    let environment = chooseEnvironment(declarations, entries.first { $0.key == "environments" }?.keyPlace)
    let variables = Variables(declarations, environment: environment, options: options, &diagnostics)

    let rest = Node(.mapping(entries.filter { !own.contains($0.key) }), at: start)
    reading = Reading(root: files.root)
    guard case .mapping(let substituted) = variables.substitute(in: rest, &diagnostics).content else {
      preconditionFailure("a map stays a map")
    }
    let settings = ProjectSettings.record.read(substituted, at: start, &reading, others: .named(own))
    diagnostics += reading.diagnostics
    let patterns = settings.manifests.map { patterns in
      patterns.enumerated().map { (text: $1, place: reading.places["manifests[\($0)]"] ?? start) }
    }
    for (index, file) in settings.sandbox.scripts.enumerated() {
      project.sandboxInitPlaces[file] = reading.places["sandbox.init[\(index)]"]
    }
    for (index, notifier) in settings.notifiers.enumerated() where !notifier.events.isEmpty && !notifier.command.isEmpty
    {
      project.notifiers.append(notifier)
      project.notifierPlaces.append(reading.places["notify[\(index)].command"] ?? start)
    }
    let context = ManifestContext(root: files.root, variables: variables, defaults: settings.defaults)
    return (settings, context, patterns)
  }

  private mutating func readSettingsFile() -> [Entry] {
    guard let bytes = files.content(of: ProjectSettings.file) else { return [] }
    let yaml = YAMLFile(bytes, file: ProjectSettings.file)
    diagnostics += yaml.diagnostics
    guard let document = yaml.documents.first else { return [] }
    if yaml.documents.count > 1 {
      diagnostics.append(
        Diagnostic(.error, "wrong-type", "sluice.yaml holds more than one document", at: yaml.documents[1].place))
    }
    switch document.content {
    case .mapping(let entries): return entries
    case .scalar(let scalar) where scalar.kind == .null: return []
    default:
      diagnostics.append(Diagnostic(.error, "wrong-type", "sluice.yaml wants a map of fields", at: document.place))
      return []
    }
  }

  private mutating func chooseEnvironment(
    _ declarations: VariableDeclarations, _ place: Place?
  ) -> VariableDeclarations.Environment? {
    let known = declarations.environments.map(\.name)
    let asked = options.environment ?? options.processEnvironment["SLUICE_ENV"].flatMap { $0.isEmpty ? nil : $0 }
    guard let asked else {
      guard !known.isEmpty else { return nil }
      diagnostics.append(
        Diagnostic(
          .error, "environment-required", "the project has environments, and none is chosen", at: place,
          help: ["choose one with `--env NAME` or SLUICE_ENV: \(known.joined(separator: ", "))"]))
      return nil
    }
    project.environment = asked
    if let environment = declarations.environments.first(where: { $0.name == asked }) { return environment }
    let help = suggestions(for: asked, in: known, called: "environments")
    diagnostics.append(
      Diagnostic(
        .error, "unknown-environment", "the project has no environment `\(asked)`", at: place,
        help: known.isEmpty ? ["sluice.yaml lists none; leave out --env and SLUICE_ENV"] : help))
    return nil
  }

  /// All entries of one kind, each name once: the first in the order of files and lines.
  private mutating func merge<Spec>(
    _ manifests: [Manifest], _ property: KeyPath<Manifest, [Manifest.Found<Spec>]>, _ names: inout DeclaredNames
  ) -> [String: Resource<Spec>] {
    var resources: [String: Resource<Spec>] = [:]
    resources.reserveCapacity(manifests.reduce(0) { $0 + $1[keyPath: property].count })
    for manifest in manifests {
      for found in manifest[keyPath: property] {
        if let first = names.insert(Address(Spec.kind, found.name), at: found.place) {
          diagnostics.append(
            Diagnostic(
              .error, "duplicate-resource", "there are two \(Spec.kind.mapName) called `\(found.name)`",
              at: found.place,
              help: ["rename or remove one of the two"], related: [RelatedPlace("the first one", at: first)]))
        } else if let resource = found.resource {
          resources[found.name] = resource
        }
      }
    }
    return resources
  }

  private static let noManifests = Diagnostic(
    .warning, "no-manifests", "the project has no manifests",
    help: ["a manifest is a file below the project's folder whose name ends in .yaml or .yml"])
}
