internal import Diagnostics

/// The names of all resources, those included that could not be read.
struct DeclaredNames {
  private var places: [Kind: [String: Place]] = [:]
  /// Whether there may be no others: every file could be read to its end.
  var isComplete = true

  /// Adds a name; where it is there already, returns its place.
  mutating func insert(_ address: Address, at place: Place) -> Place? {
    if let first = places[address.kind]?[address.name] { return first }
    places[address.kind, default: [:]][address.name] = place
    return nil
  }

  func place(of kind: Kind, _ name: String) -> Place? { places[kind]?[name] }

  func names(of kind: Kind) -> [String] { places[kind].map { $0.keys.sorted() } ?? [] }
}
