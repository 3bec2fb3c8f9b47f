internal import YAML

/// Names that other tools give to what our fields say, as nobody finds them by their letters alone.
enum FieldSynonyms {
  /// The field among `names` that is called `name` elsewhere.
  static func field(meantBy name: String, among names: [String]) -> String? {
    let plain = plain(name)
    return names.first { fields[$0]?.contains(plain) == true } ?? names.first { self.plain($0) == plain }
  }

  /// The field among `names` that says the opposite of `name`, which is true or false too.
  static func opposite(of name: String, among names: [String]) -> String? {
    let plain = plain(name)
    return names.first { opposites[$0]?.contains(plain) == true }
  }

  /// `write_disposition`, `write-disposition` and `writeDisposition` are one name.
  static func plain(_ name: String) -> String {
    name.lowercased().filter { $0.isLetter || $0.isNumber }
  }

  /// In the form of `plain`, by our field; a name may stand for several, as no kind has them all.
  private static let fields: [String: Set<String>] = [
    // authorizers, tunnels
    "authorizer": ["connection", "conn", "credentials", "credential", "auth", "authoriser"],
    "clientCertificate": ["sslcert", "cert", "clientcert"],
    "clientKey": ["sslkey"],
    "connectTimeout": ["timeout", "connectiontimeout"],
    "database": ["db", "dbname", "databasename"],
    "host": ["hostname", "server", "address", "endpoint", "hostaddr"],
    "identityFile": ["privatekey", "keyfile", "privatekeyfile", "sshkey", "key", "identity"],
    "password": ["pass", "passwd", "pwd"],
    "rootCertificate": ["sslrootcert", "ca", "cafile", "cacert", "rootcert"],
    "tls": ["sslmode", "ssl", "tlsmode"],
    "tunnel": ["sshtunnel", "ssh", "bastion"],
    "url": ["uri", "dsn", "connectionstring", "connectionurl", "connectionuri", "databaseurl"],
    "username": ["user", "login", "usr"],
    "env": ["environment", "environmentvariable", "var", "variable", "envvar", "fromenv"],
    // sources
    "column": ["name", "field"],
    "command": ["cmd", "exec", "program", "script"],
    "cursor": ["cursorfield", "incrementalcolumn", "replicationkey", "watermark", "incremental"],
    "dateOrder": ["dateformat"],
    "decimal": ["decimalseparator", "decimalpoint"],
    "delimiter": ["sep", "separator", "fielddelimiter", "fieldseparator", "delim"],
    "encoding": ["charset"],
    "format": ["type", "filetype", "fileformat"],
    "header": ["hasheader", "headers", "firstrowisheader", "headerrow"],
    "initial": ["start", "startvalue", "initialvalue", "startdate"],
    "lag": ["lookback", "overlap"],
    "null": ["nullvalue", "nullvalues", "nullstring", "nullif"],
    "path": ["file", "filename", "filepath", "glob", "filepattern", "location"],
    "query": ["sql", "select", "statement"],
    "quote": ["quotechar", "quotecharacter", "enclosure"],
    "rows": ["data", "values", "records"],
    "skipRows": ["skip", "skipheaderlines", "skiplines", "skiprow"],
    // destinations, flows
    "after": ["dependson", "depends", "needs", "requires", "upstream"],
    "attempts": ["maxattempts", "retries"],
    "backoff": ["delay", "wait", "interval"],
    "columns": ["columntypes", "dtypes", "fields"],
    "default": ["defaultvalue"],
    "defaultSchema": ["schema"],
    "destination": ["target", "dest", "sink", "to"],
    "from": ["source", "field", "sourcefield", "sourcecolumn"],
    "key": [
      "primarykey", "primarykeys", "pk", "uniquekey", "uniquekeys", "mergekey", "keys", "keycolumns", "upsertkey",
      "keyfields",
    ],
    "retry": ["retries", "retrypolicy"],
    "schedule": ["cron", "crontab", "scheduleinterval", "cronexpression"],
    "source": ["input", "from"],
    "table": ["tablename", "targettable", "relation", "destinationtable"],
    "timezone": ["tz"],
    "type": ["datatype", "dtype", "columntype"],
    "sql": ["expression", "expr"],
    "writeMode": [
      "mode", "writedisposition", "loadmode", "syncmode", "destinationsyncmode", "materialized", "materialization",
      "strategy", "incrementalstrategy", "loadtype", "ifexists", "loadstrategy",
    ],
    // every kind
    "description": ["comment", "comments", "doc", "notes"],
    "labels": ["tags", "label"],
    "protect": ["preventdestroy", "deletionprotection"],
    "renamedFrom": ["previousname", "oldname", "formername"],
    // sluice.yaml, and the maps of a manifest
    "authorizers": ["connections", "connection", "credentials"],
    "destinations": ["targets", "sinks"],
    "environments": ["envs"],
    "flows": ["pipelines", "pipeline", "flow"],
    "project": ["name"],
    "sluice": ["version"],
    "sources": ["inputs"],
    "variables": ["vars"],
  ]

  private static let opposites: [String: Set<String>] = [
    "enabled": ["disabled", "disable", "paused", "inactive"],
    "nullable": ["notnull", "required", "mandatory", "nonnull"],
  ]
}
