/// Where a secret is to be found; never the secret itself.
public enum SecretReference: Hashable, Sendable {
  /// The environment variable of this name.
  case environment(String)
  /// The content of this file (relative to the project), but for a newline at its end.
  case file(String)
  /// The standard output of this program (an argument vector, no shell), but for a newline at its end.
  case command([String])
}
