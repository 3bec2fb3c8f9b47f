extension CodePage {
  /// The state: its file, journal and lock.
  static let state: [CodePage] = [
    CodePage(
      "state-damaged", "The state file, or its journal, does not hold what Sluice writes.",
      because: "Going on from half of it would forget flows, and plan to make them again.",
      causes: [
        "it was edited by hand, or a merge left its marks: bring back a good copy",
        "nothing is left of it: moved away, the next apply adopts the tables that exist",
      ],
      right: "cp sluice.state.json.backup sluice.state.json", see: ["state-missing", "adopt"]),
    CodePage(
      "state-file", "The state file cannot be read or written.",
      because: "What cannot be recorded is not done.",
      causes: [
        "permissions, a full disk, or a folder in its place", "--state names a file in a folder that is not there",
      ],
      right: "ls -l sluice.state.json*"),
    CodePage(
      "state-journal", "The journal belongs to another state than the one beside it.",
      because:
        "It holds steps that were done after a state of another lineage or serial; put together they would be wrong.",
      causes: ["an older state file was copied back without its journal, or the files are of two clones"],
      right: "mv sluice.state.json.journal /tmp/    # the next plan finds what exists", see: ["state-lineage"]),
    CodePage(
      "state-lineage", "There is no state, and the ledgers have loads of these flows (a warning).",
      because: "The state was lost, or is elsewhere: applied twice from two places, each would undo the other.",
      causes: [
        "a new clone, another branch or another --state: bring the state here",
        "it is truly lost: an apply adopts what exists, and goes on as the same lineage",
      ],
      right: "sluice plan --state /srv/shop/sluice.state.json", see: ["adopt", "ledger"]),
    CodePage(
      "state-locked", "Another command is changing the state.",
      because: "Two applies at once would each record half of the truth.",
      causes: [
        "another apply runs: the process that holds the lock is shown; wait for it, also with --lock-timeout",
        "the lock frees itself when that process is gone: never remove its file",
      ],
      right: "sluice apply --lock-timeout 5m"),
    CodePage(
      "state-missing", "The state file is gone, and its backup or journal is there.",
      because: "An empty state in its place would plan to make everything anew.",
      causes: [
        "it was removed, or moved without the rest: bring it back, or go on from the backup",
        "to begin anew and adopt the tables that exist, move the backup and the journal away too",
      ],
      right: "cp sluice.state.json.backup sluice.state.json", see: ["state-damaged", "adopt"]),
    CodePage(
      "state-newer", "The state was written by a newer version of Sluice.",
      because: "Written again by this version, it would lose what only the newer one knows.",
      causes: ["machines with different versions: use the newer one everywhere"],
      right: "sluice --version"),
  ]
}
