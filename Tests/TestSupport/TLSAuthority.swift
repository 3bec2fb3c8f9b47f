internal import Foundation

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// Two certificate authorities of the test process's own, what they have signed, and a data folder for servers with it.
///
/// Made by openssl when first asked for; removed when the process has ended, in whatever way.
public struct TLSAuthority: Sendable {
  /// The folder with all files: `ca.crt` is the authority that servers trust, `other-ca.crt` another one. The server's
  /// certificates are `server`, `expired`, `early` (not valid yet) and `wrong` (for other names), the client's `client`
  /// (of role `certified`), `stranger` (of the other authority), `late` (expired) and `somebody` (of another role), each
  /// with `.crt` and `.key`.
  public let folder: String

  /// The one of this process.
  ///
  /// - Throws: `ClusterError` where openssl or PostgreSQL is missing.
  public static func shared() async throws -> TLSAuthority { try await making.value }

  /// The bytes of one of its files.
  public func bytes(_ name: String) throws -> [UInt8] {
    Array(try Data(contentsOf: URL(fileURLWithPath: "\(folder)/\(name)")))
  }

  private static let making = Task.detached { try make() }

  private static func make() throws -> TLSAuthority {
    guard let programs = PostgresPrograms.folder else {
      throw ClusterError(message: "initdb, pg_ctl and postgres are in none of the places looked at")
    }
    let folder = "/tmp/sluice-tls-\(getpid())"
    try? FileManager.default.removeItem(atPath: folder)
    try FileManager.default.createDirectory(
      atPath: folder, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o700])
    let command = try Lifeline.asServer(
      ["/bin/sh", "-c", certificates + template, "sh", programs, folder], owning: folder)
    let (answer, _) = try Lifeline.spawn(command)
    guard answer.hasPrefix("ready") else { throw ClusterError(message: "no certificates:\n\(answer)") }
    return TLSAuthority(folder: folder)
  }

  private static let certificates = """
    bin=$1; dir=$2; cd "$dir" || exit 1
    fail() { tail -n 20 log; exit 1; }
    exec 2>>log
    ssl() { openssl "$@" >>log 2>&1 || fail; }
    key() { ssl ecparam -name prime256v1 -genkey -noout -out "$1.key"; }
    cat >ca.cnf <<END
    [ca]
    default_ca = all
    [all]
    database = index
    serial = serial
    new_certs_dir = .
    default_md = sha256
    policy = any
    unique_subject = no
    [any]
    commonName = supplied
    END
    : >index; echo 1000 >serial
    for name in ca other-ca; do
      key $name
      ssl req -x509 -new -key $name.key -out $name.crt -days 3650 -subj "/CN=Sluice test $name"
    done
    # its name, its common name, its other names, who signs it, from when and until when it is valid
    sign() {
      key $1
      ssl req -new -key $1.key -out $1.csr -subj "/CN=$2"
      printf 'subjectAltName = %s\\n' "$3" >$1.ext
      ssl ca -batch -notext -config ca.cnf -cert $4.crt -keyfile $4.key -in $1.csr -out $1.crt -extfile $1.ext \\
        -startdate $5 -enddate $6
    }
    sign server localhost DNS:localhost,IP:127.0.0.1 ca 20200101000000Z 20991231000000Z
    sign expired localhost DNS:localhost ca 20200101000000Z 20210101000000Z
    sign early localhost DNS:localhost ca 20980101000000Z 20991231000000Z
    sign wrong db.example.com DNS:db.example.com,DNS:replica.example.com ca 20200101000000Z 20991231000000Z
    sign client certified DNS:client ca 20200101000000Z 20991231000000Z
    sign stranger certified DNS:client other-ca 20200101000000Z 20991231000000Z
    sign late certified DNS:client ca 20200101000000Z 20210101000000Z
    sign somebody somebody DNS:client ca 20200101000000Z 20991231000000Z
    chmod 600 *.key

    """

  /// Roles and databases for each way of being let in or kept out.
  private static let template = """
    "$bin/initdb" -D template -U postgres -A trust -E UTF8 --locale=C --no-sync --no-instructions --wal-segsize=1 \\
      >>log 2>&1 || fail
    cat >>template/postgresql.conf <<END
    listen_addresses = ''
    unix_socket_directories = '$dir'
    port = 5999
    max_connections = 20
    fsync = off
    shared_buffers = 8MB
    autovacuum = off
    log_min_messages = fatal
    END
    cat >template/pg_hba.conf <<END
    local all all trust
    hostssl certs all all trust clientcert=verify-ca
    hostssl certfull all all cert
    hostssl all tlsonly all trust
    hostnossl all plainonly all trust
    host all rejected all reject
    host all scram all scram-sha-256
    host all stranger all scram-sha-256
    host all postgres,loader,reader,nologin,limited,nobody all trust
    END
    "$bin/pg_ctl" -D template -w -s -l log start >>log 2>&1 </dev/null || fail
    "$bin/psql" -h "$dir" -p 5999 -U postgres -q postgres >>log 2>&1 <<END || fail
    CREATE ROLE loader LOGIN; CREATE ROLE tlsonly LOGIN; CREATE ROLE plainonly LOGIN; CREATE ROLE rejected LOGIN;
    CREATE ROLE certified LOGIN; CREATE ROLE unlisted LOGIN; CREATE ROLE nologin; CREATE ROLE reader LOGIN;
    CREATE ROLE scram LOGIN PASSWORD 'right'; CREATE ROLE limited LOGIN CONNECTION LIMIT 0;
    ALTER ROLE reader SET default_transaction_read_only = on;
    CREATE DATABASE shop; CREATE DATABASE certs; CREATE DATABASE certfull; CREATE DATABASE closed ALLOW_CONNECTIONS false;
    CREATE DATABASE full_up CONNECTION LIMIT 0; CREATE DATABASE private; REVOKE CONNECT ON DATABASE private FROM public;
    END
    "$bin/pg_ctl" -D template -w -s -m fast stop >>log 2>&1 || fail
    echo ready; exec >/dev/null 2>&1
    trap '' INT TERM HUP
    cat >/dev/null
    tries=0
    while [ $tries -lt 100 ] && ls "$dir"/*/postmaster.pid; do tries=$((tries + 1)); sleep 0.1; done
    cd /tmp && rm -rf "$dir"
    """
}
