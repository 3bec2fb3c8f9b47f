internal import JSON

extension Shape where Value == String {
  /// A file of certificates, or the word that stands for the machine's own.
  ///
  /// A file of just that name keeps its `./`, also in the state, where other paths lose it.
  static let rootCertificate: Shape = {
    let word = Authorizer.TLS.systemAuthorities
    return Shape("`\(word)` or a path", schema: path.schema, takesVariable: false) { node, reading in
      guard let text = reading.text(node, wants: "`\(word)` or a path") else { return nil }
      if text == word { return text }
      return path.read(node, &reading).map { $0 == word ? "./\($0)" : $0 }
    } write: {
      .string($0)
    }
  }()
}
