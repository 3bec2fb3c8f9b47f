extension Project {
  /// The variables that authorizers and tunnels name as secrets.
  public var secretVariables: [String] {
    let references =
      authorizers.values.flatMap { [$0.spec.password, $0.spec.url] } + tunnels.values.map(\.spec.password)
    return references.compactMap { if case .environment(let name)? = $0 { name } else { nil } }
  }
}
