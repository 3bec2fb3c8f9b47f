extension CodePage {
  /// Reaching a database, staying connected, and what a whole server may refuse.
  static let connections: [CodePage] = [
    CodePage(
      "connection", "An authorizer's database cannot be connected to, or not as the role that statements run as.",
      because: "Nothing that uses the authorizer can be checked, applied or loaded. It is told once, at the field of"
        + " the manifest that has to do with it, and each cause apart:",
      reasons: connectionReasons,
      causes: [
        "a typing mistake in `host`, `port`, `database` or `username`",
        "a firewall, a server that is down or full, or one that was never told of this role and address",
        "a password that was changed, or a certificate that was renewed",
      ],
      wrong: "wh: {host: db.example.com, port: 5433, database: shop, username: loader}",
      right: "wh: {host: db.example.com, port: 5432, database: shop, username: loader}",
      see: ["authorizer", "authorizer.tls", "authorizer.role", "secret", "tunnel"]),
    CodePage(
      "tunnel", "An SSH tunnel cannot be opened, has broken, or does not reach the database.",
      because: "The authorizers that go through it reach their databases by no other way. Each cause is told apart:",
      reasons: tunnelReasons,
      causes: [
        "a bastion that was set up anew, or a typing mistake in its name",
        "a key or login that it does not know (any more)",
        "an SSH server that forbids forwards (AllowTcpForwarding, PermitOpen)",
      ],
      wrong: "bastion: {host: bastion.example.com, username: tunnel}      # no known key",
      right: "bastion: {host: bastion.example.com, username: tunnel, knownHostsFile: known_hosts}",
      see: ["tunnel.hostKey", "tunnel.identityFile", "authorizer.tunnel", "connection"]),
    CodePage(
      "tls-fallback",
      "The connection is not encrypted: TLS could not be had, and `tls: prefer` takes that (a warning).",
      because: "Passwords and rows travel in plain, and somebody on the way can read and change them.",
      causes: [
        "the server has no certificate: have its administrator set `ssl = on`; `tls: disable` says that plain is meant",
        "something on the way takes TLS away: that is what `require` and `verify-full` notice",
      ],
      wrong: "tls: prefer", right: "tls: verify-full", see: ["authorizer.tls"]),
    CodePage(
      "untrusted", "`--untrusted` refuses something that the manifests ask for.",
      because: "Manifests of a stranger's pull request must run no program, read no file outside the project, and"
        + " connect to nothing but the sandbox.",
      causes: [
        "a `command` of a source or a secret",
        "a path that leaves the project (of a source, a secret, a certificate, a key), also through a link",
        "a connection to anything but the sandbox",
      ],
      wrong: "password: {command: [sh, -c, \"...\"]}", right: "sluice plan --untrusted --sandbox"),
    CodePage(
      "connection-lost", "The connection to the destination's server was lost.",
      because: "The server rolled back what was under way; a load is tried again by itself (`retry`).",
      causes: [
        "the server was restarted, or an administrator ended the session",
        "a network, a pooler or a firewall dropped the connection: long silences are a usual reason",
      ],
      right: "sluice run orders      # or: sluice plan, then sluice apply", see: ["flow.retry", "commit-unknown"]),
    CodePage(
      "commit-unknown", "The connection was lost while COMMIT was under way: whether the load happened is not known.",
      because: "Loading blindly again could write the rows twice. The next try waits for the table's lock, looks in the"
        + " ledger for the load's id, and then knows.",
      causes: ["the server or the network went away at that very moment: run again, nothing is lost or doubled"],
      right: "sluice run orders", see: ["connection-lost", "flow.retry"]),
    CodePage(
      "remote-connection-lost", "The server lost a connection of its own, to the server behind a foreign table.",
      because: "The load is rolled back, and tried again by itself (`retry`).",
      causes: ["the foreign server is down, or not reachable from the database's server"],
      right: "SELECT srvname, srvoptions FROM pg_foreign_server;",
      see: ["connection-lost", "flow.retry"]),
    CodePage(
      "source-connection-lost", "The database of a source cannot be connected to, or the connection was lost.",
      because: "Rows are missing, so nothing was written; the load is tried again by itself (`retry`).",
      causes: [
        "the source's server was restarted, or is not reachable just now",
        "a standby cancelled or ended a query that stood in the way of its recovery",
      ],
      right: "sluice check", see: ["connection", "flow.retry"]),
    CodePage(
      "server-busy", "The server lacks a resource: connections or memory (SQLSTATE class 53).",
      because: "The same may well succeed in a moment, so a load is tried again by itself (`retry`).",
      causes: ["too many clients: run fewer flows side by side, or raise max_connections", "too little memory"],
      right: "sluice run --parallel 2", see: ["disk-full", "flow.retry"]),
    CodePage(
      "server-error", "The server refused a statement for a reason that has no code of its own here.",
      because: "The transaction was rolled back; the server's message, detail, hint and SQLSTATE are shown.",
      causes: [
        "a trigger or a function of the table raises an error",
        "an extension, or a rule of the server, forbids it: its documentation knows the SQLSTATE",
      ],
      right: "SELECT tgname FROM pg_trigger WHERE tgrelid = 'sales.orders'::regclass;",
      see: ["permission-denied", "step-failed"]),
    CodePage(
      "server-version", "The server is older than PostgreSQL 12.",
      because: "Statements of loads and observations need what older servers do not have.",
      causes: ["an old server: upgrade it, or point the authorizer at another"],
      wrong: "host: old.db.internal      # PostgreSQL 11",
      right: "host: db.internal          # PostgreSQL 15"),
    CodePage(
      "server-writable", "The server takes no writes: it is a standby, or read-only by default.",
      because: "Every step and load of a destination there would fail.",
      causes: [
        "`host` names a replica: name the primary",
        "`default_transaction_read_only` is on, for the server, the database or the role",
      ],
      wrong: "host: replica.db.internal", right: "host: primary.db.internal", see: ["read-only"]),
    CodePage(
      "read-only", "The server refused to write: it has become a standby, or the transaction is read-only.",
      because: "After a failover the name may lead to the new primary soon, so a load is tried again by itself.",
      causes: ["a failover, or a maintenance in which writing is turned off"],
      right: "sluice check      # says whether it is a standby, or read-only", see: ["server-writable", "flow.retry"]),
    CodePage(
      "pooled-connection", "A unique index cannot be built, as a pooler stands before the server.",
      because: "CREATE INDEX CONCURRENTLY needs a session of its own and no transaction around it; a transaction pooler"
        + " gives it none.",
      causes: ["the authorizer connects to PgBouncer or the like: for this apply, connect to the server itself"],
      wrong: "port: 6432", right: "port: 5432", see: ["unique-key", "index-being-built"]),
    CodePage(
      "interrupted", "The command was stopped by Ctrl-C or SIGTERM.",
      because: "What was under way was rolled back; what was done before stays, and is recorded.",
      causes: ["somebody, or a time limit of the scheduler, stopped it: the command to go on with is shown"],
      right: "sluice run customers orders      # the command that is shown",
      see: ["connection-lost"]),
  ]
}
