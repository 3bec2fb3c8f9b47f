extension Kind {
  /// What a resource of the kind is, in one sentence.
  public var summary: String {
    switch self {
    case .authorizer: "Credentials and address of one PostgreSQL database."
    case .tunnel: "An SSH forward that authorizers may go through."
    case .source: "Where rows come from: files, a PostgreSQL table or query, rows in the manifest, a program's output."
    case .destination: "An authorizer that flows may write to, with its default schema."
    case .flow: "Rows of one source, or several, into one table of one destination, with a write mode."
    }
  }

  /// A map of resources of the kind as it would stand in a manifest.
  public var exampleOfMap: String {
    switch self {
    case .authorizer: "{wh: {url: {env: DATABASE_URL}}}"
    case .tunnel: "{bastion: {host: bastion.example.com, username: tunnel}}"
    case .source: "{orders: {path: data/orders-*.csv}}"
    case .destination: "{wh: {authorizer: wh, defaultSchema: public}}"
    case .flow: "{orders: {source: orders, destination: wh, writeMode: upsert, key: [order_id]}}"
    }
  }
}
