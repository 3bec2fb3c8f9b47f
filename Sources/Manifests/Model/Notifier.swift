/// A program that is told of what happens to flows: an entry of `notify:` in sluice.yaml.
public struct Notifier: Hashable, Sendable {
  /// What there is to tell.
  public enum Event: String, Hashable, Sendable, CaseIterable {
    /// A load failed, and so many have by now that `run --due` passes the flow over.
    case broken
    /// A load succeeded, the first one since the flow was broken.
    case recovered
    /// A rule of the flow did not hold, whatever became of the load.
    case quality
  }

  /// What it is told of.
  public var events: [Event]
  /// The program and its arguments; no shell.
  public var command: [String]

  /// Makes a notifier.
  public init(_ events: [Event], command: [String]) {
    self.events = events
    self.command = command
  }
}
