internal import Foundation
public import SystemPackage

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// A PostgreSQL server on a free port of 127.0.0.1, encrypted with a certificate for `localhost`, where the superuser
/// `postgres` is let in with the password `distant` alone.
///
/// It ends with the last reference to it, or with the test process, in whatever way that ends.
public final class DistantServer: Sendable {
  /// Where it listens.
  public let port: Int
  /// The certificate that its own is verified with.
  public let rootCertificate: FilePath
  private let lifeline: Int32

  /// Starts it.
  public init() throws {
    guard let programs = PostgresPrograms.folder else { throw ClusterError(message: "PostgreSQL is missing") }
    let folder = "/tmp/\(TestDatabase.uniqueName("sluice-distant-\(getpid())"))"
    try FileManager.default.createDirectory(
      atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o755])
    let command = try Lifeline.asServer(["/bin/sh", "-c", Self.script, "sh", programs, folder], owning: folder)
    let (answer, lifeline) = try Lifeline.spawn(command)
    guard answer.contains("ready"), let port = answer.split(whereSeparator: \.isWhitespace).first.flatMap({ Int($0) })
    else { throw ClusterError(message: "the server does not start:\n\(answer)") }
    self.port = port
    self.lifeline = lifeline
    rootCertificate = FilePath(folder).appending("server.crt")
  }

  deinit { _ = closeDescriptor(lifeline) }

  private static let script = """
    bin=$1; cd "$2" || exit 1
    fail() { tail -n 20 log; exit 1; }
    openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost -addext subjectAltName=DNS:localhost \\
      -keyout server.key -out server.crt >log 2>&1 || fail
    chmod 600 server.key
    echo distant >password
    "$bin/initdb" -D data -U postgres -A scram-sha-256 --pwfile=password -E UTF8 --locale=C --no-sync >log 2>&1 || fail
    cat >>data/postgresql.conf <<END
    listen_addresses = '127.0.0.1'
    unix_socket_directories = ''
    ssl = on
    ssl_cert_file = '$2/server.crt'
    ssl_key_file = '$2/server.key'
    fsync = off
    END
    for try in 1 2 3 4 5 6 7 8 9 10; do
      port=$((20000 + $(od -An -N2 -tu2 /dev/urandom) % 12000))
      "$bin/pg_ctl" -D data -w -s -l log -o "-p $port" start >>log 2>&1 </dev/null && break
      [ $try != 10 ] || fail
    done
    echo "$port ready"; exec >/dev/null 2>&1
    trap '' INT TERM HUP
    cat >/dev/null
    "$bin/pg_ctl" -D data -w -m immediate stop
    cd /tmp && rm -rf "$2"
    """
}
