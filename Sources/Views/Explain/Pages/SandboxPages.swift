extension CodePage {
  /// The sandbox, a private PostgreSQL cluster.
  static let sandbox: [CodePage] = [
    CodePage(
      "sandbox", "A program of the sandbox could not be started.",
      because: "Nothing was done in it.",
      causes: ["psql, or the program that runs it as another user, is not there any more"],
      right: "sluice sandbox status",
      see: ["sandbox-programs-missing"]),
    CodePage(
      "sandbox-folder", "The sandbox's folder cannot be made, or others than its user may enter it.",
      because: "The server asks for no password: who reaches its socket is let in.",
      causes: ["somebody else has made a folder of that name under /tmp: remove it", "no room, or no permission"],
      right: "sluice sandbox status"),
    CodePage(
      "sandbox-init-failed", "A file of `sandbox: init:` cannot be read, or its SQL fails.",
      because: "What it should make (source tables, domains) would be missing in what follows.",
      causes: [
        "a mistake in the SQL: the place in the file is shown",
        "it runs as a role without superuser rights: what needs those does not work",
      ],
      right: "sandbox: {init: [sandbox/crm.sql]}      # in sluice.yaml", see: ["sluice.yaml.sandbox.init"]),
    CodePage(
      "sandbox-no-user", "Sluice runs as root, and there is no user to run the sandbox's server as.",
      because: "PostgreSQL refuses to run as root.",
      causes: ["there is no user postgres: make one, or run Sluice as an ordinary user"],
      right: "useradd --system postgres"),
    CodePage(
      "sandbox-not-running", "The sandbox does not run.",
      because: "The command is about a running one; --sandbox starts it by itself.",
      causes: ["it was never started, was stopped, or the machine was"], right: "sluice sandbox start"),
    CodePage(
      "sandbox-programs-missing", "PostgreSQL's programs, or another that the sandbox needs, are not on this machine.",
      because: "The sandbox is a real PostgreSQL server of its own.",
      causes: ["only the client is installed, or nothing: install the server's package, it need not run"],
      right: "apt install postgresql"),
    CodePage(
      "sandbox-reserved-name", "The manifests name a database or role that the sandbox cannot give.",
      because: "PostgreSQL, and the sandbox, have such names for themselves (`template1`, `public`, `pg_...`).",
      causes: ["an authorizer with such a database or role: use another name in the environment of the sandbox"],
      wrong: "database: template1", right: "database: shop", see: ["sluice.yaml.environments"]),
    CodePage(
      "sandbox-start-failed", "The sandbox's server does not start.",
      because: "The end of its log, which says why, is shown.",
      causes: ["data of another version of PostgreSQL, or damaged", "no room on the disk, or no shared memory"],
      right: "sluice sandbox reset", see: ["sandbox-programs-missing"]),
    CodePage(
      "sandbox-stop-failed", "The sandbox's server does not stop.",
      because: "Its folder cannot be wiped while it runs.",
      causes: ["it still has work to do, or hangs: the end of its log is shown; try again"],
      right: "sluice sandbox stop"),
  ]
}
