internal import Catalog
public import Diagnostics
public import Manifests

extension Diagnostic {
  /// That TLS was preferred, the server has none, and all that goes to it and comes from it can be read on the way.
  public static func tlsFallback(of authorizer: Resource<Authorizer>) -> Diagnostic {
    let places = authorizer.places
    return Diagnostic(
      .warning, "tls-fallback",
      "authorizer \(authorizer.name): the connection is not encrypted, as TLS could not be had",
      at: places.place(of: "tls.mode", "tls", "host", "url", "service"),
      help: [
        "`tls: prefer`, which is what counts where nothing is written, then takes plain text",
        "write `tls: require` once the server has TLS, or `tls: disable` where plain text is meant",
      ])
  }
}
