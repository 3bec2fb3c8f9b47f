internal import Diagnostics
internal import Manifests

/// Which resources a command works on, as the command line says it.
public struct Selection: Hashable, Sendable {
  /// Flows' names or patterns of them: a command's arguments.
  public var flows: [String]
  /// `--select`: addresses (`flow/orders`), patterns of them (`flow/crm.*`), labels (`team=sales`).
  public var select: [String]
  /// `--exclude`: likewise; what it names is not touched, whatever else names it.
  public var exclude: [String]
  /// `--reinfer`: flows' names, or patterns of them, whose sources are looked into for columns once more.
  public var reinfer: [String]

  /// Makes a selection; an empty one is of everything.
  public init(flows: [String] = [], select: [String] = [], exclude: [String] = [], reinfer: [String] = []) {
    self.flows = flows
    self.select = select
    self.exclude = exclude
    self.reinfer = reinfer
  }

  /// Whether it leaves nothing out.
  public var isOfEverything: Bool { flows.isEmpty && select.isEmpty && exclude.isEmpty }

  /// Those of `candidates` that are selected.
  ///
  /// - Throws: `Failure` with one diagnostic for each pattern that fits none of them.
  func chosen(among candidates: [Candidate]) throws(Failure) -> Set<Address> {
    var problems: [Diagnostic] = []
    func fitting(_ patterns: [SelectionPattern]) -> Set<Address> {
      var found: Set<Address> = []
      for pattern in patterns {
        let fits = candidates.filter { pattern.fits($0) }
        if fits.isEmpty { problems.append(pattern.fitsNothing(among: candidates)) }
        found.formUnion(fits.map(\.address))
      }
      return found
    }
    let wanted = flows.map { SelectionPattern(flow: $0) } + select.map { SelectionPattern($0, option: "--select") }
    var chosen = wanted.isEmpty ? Set(candidates.map(\.address)) : fitting(wanted)
    chosen.subtract(fitting(exclude.map { SelectionPattern($0, option: "--exclude") }))
    if !problems.isEmpty { throw Failure(problems) }
    return chosen
  }

  /// Those of `designs` whose sources are looked into once more.
  ///
  /// - Throws: `Failure` with one diagnostic for each pattern that fits none of them.
  func reinferred(among designs: [FlowDesign]) throws(Failure) -> Set<Address> {
    let candidates = designs.map { Candidate(address: $0.address, labels: [:]) }
    let patterns = reinfer.map { SelectionPattern($0, option: "--reinfer") }
    let problems = patterns.filter { pattern in !candidates.contains { pattern.fits($0) } }
      .map { $0.fitsNothing(among: candidates) }
    if !problems.isEmpty { throw Failure(problems) }
    return Set(candidates.filter { candidate in patterns.contains { $0.fits(candidate) } }.map(\.address))
  }

  /// What can be selected: a resource that is declared or recorded.
  struct Candidate {
    var address: Address
    var labels: [String: String]
  }
}

/// One pattern of a selection.
struct SelectionPattern {
  private enum Form {
    case address(Glob)
    case label(key: String, value: Glob)
  }

  private let text: String
  private let option: String?
  private let form: Form

  /// Reads the value of an option.
  init(_ text: String, option: String) {
    self.text = text
    self.option = option
    if let equals = text.firstIndex(of: "="), !text.contains("/") {
      form = .label(key: String(text[..<equals]), value: Glob(String(text[text.index(after: equals)...])))
    } else {
      form = .address(Glob(text.contains("/") ? text : "flow/\(text)"))
    }
  }

  /// Reads an argument: a flow's name, its address, or a pattern of names.
  init(flow text: String) {
    self.text = text
    option = nil
    form = .address(Glob(text.hasPrefix("flow/") ? text : "flow/\(text)"))
  }

  func fits(_ candidate: Selection.Candidate) -> Bool {
    switch form {
    case .address(let glob): glob.matches(candidate.address.description)
    case .label(let key, let value): candidate.labels[key].map { value.matches($0) } ?? false
    }
  }

  /// Why it is taken for a mistake that nothing is of this form.
  func fitsNothing(among candidates: [Selection.Candidate]) -> Diagnostic {
    let flows = candidates.filter { $0.address.kind == .flow }.map(\.address.name).sorted()
    guard let option else {
      let name = text.hasPrefix("flow/") ? String(text.dropFirst(5)) : text
      return Diagnostic(
        .error, "unknown-flow", "there is no flow `\(name)`", help: suggestions(for: name, in: flows, called: "flows"))
    }
    if case .label(let key, _) = form {
      let labels = Set(candidates.flatMap { $0.labels.map { "\($0.key)=\($0.value)" } }).sorted()
      let keys = Set(candidates.flatMap(\.labels.keys)).sorted()
      return Diagnostic(
        .error, "selects-nothing", "`\(option) \(text)`: no resource has the label",
        help: keys.contains(key)
          ? suggestions(for: text, in: labels, called: "labels") : suggestions(for: key, in: keys, called: "labels"))
    }
    let isName = !text.contains("/")
    let known = isName ? flows : candidates.map(\.address.description).sorted()
    return Diagnostic(
      .error, "selects-nothing", "`\(option) \(text)`: there is no such \(isName ? "flow" : "resource")",
      help: suggestions(for: text, in: known, called: isName ? "flows" : "resources"))
  }
}
