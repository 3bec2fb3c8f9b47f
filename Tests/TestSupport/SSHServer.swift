internal import Foundation
public import SystemPackage

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// An OpenSSH server on a free port of 127.0.0.1, with keys of its own, into which the user of the tests may log in.
///
/// It ends with the last reference to it, or with the test process, in whatever way that ends.
public final class SSHServer: Sendable {
  /// Its folder: `key`, `key.pub`, `host_key.pub`, `authorized_keys`, `log`.
  public let folder: FilePath
  /// Where it listens.
  public let port: Int
  /// Who may log in by `identityFile`.
  public let user: String
  /// Closed, it ends.
  private let lifeline: Int32

  /// Whether `sshd` is on this machine.
  public static var isAvailable: Bool { program != nil }

  /// Starts it.
  ///
  /// - Parameter options: lines of its configuration; they count before those that it has anyway.
  public init(_ options: String...) throws {
    guard let program = Self.program, let account = getpwuid(geteuid()) else {
      throw ClusterError(message: "there is no sshd")
    }
    user = String(cString: account.pointee.pw_name)
    folder = FilePath("/tmp/\(TestDatabase.uniqueName("sluice-sshd-\(getpid())"))")
    try FileManager.default.createDirectory(
      atPath: folder.string, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o755])
    let settings =
      options.joined(separator: "\n") + """

        ListenAddress 127.0.0.1
        HostKey \(folder)/host_key
        AuthorizedKeysFile \(folder)/authorized_keys
        PermitRootLogin yes
        PasswordAuthentication no
        KbdInteractiveAuthentication no
        UsePAM no
        StrictModes no
        PidFile none
        MaxStartups 200
        MaxSessions 200
        UseDNS no

        """
    try settings.write(toFile: folder.appending("settings").string, atomically: true, encoding: .utf8)
    let (answer, lifeline) = try Lifeline.spawn(["/bin/sh", "-c", Self.script, "sh", folder.string, program])
    guard answer.contains("ready"), let port = answer.split(whereSeparator: \.isWhitespace).first.flatMap({ Int($0) })
    else { throw ClusterError(message: "sshd does not start:\n\(answer)") }
    self.port = port
    self.lifeline = lifeline
  }

  deinit { _ = closeDescriptor(lifeline) }

  /// The private key of who may log in.
  public var identityFile: FilePath { folder.appending("key") }

  /// Its own public key: kind and base64.
  public var hostKey: String {
    get throws {
      let line = try String(contentsOfFile: folder.appending("host_key.pub").string, encoding: .utf8)
      return line.split(separator: " ").prefix(2).joined(separator: " ")
    }
  }

  /// The line of a known_hosts file for `key`.
  public func knownHost(_ key: String) -> String { "[127.0.0.1]:\(port) \(key)\n" }

  /// The fields of a manifest's tunnel that leads here: `{host: ..., ...}` without the braces.
  public var fields: String {
    get throws {
      "host: 127.0.0.1, port: \(port), username: \(user), identityFile: \(identityFile), hostKey: \(try hostKey)"
    }
  }

  /// The processes of clients that have come by a tunnel: those whose arguments name the port.
  public var clients: [Int32] {
    (try? FileManager.default.contentsOfDirectory(atPath: "/proc"))?.compactMap { Int32($0) }.filter { process in
      let words = Self.words("cmdline", of: process)
      guard words.first.map({ $0.hasSuffix("/ssh") }) == true, let flag = words.firstIndex(of: "-p") else {
        return false
      }
      return words.dropFirst(flag + 1).first == String(port)
    } ?? []
  }

  /// The socket of a client by which it takes orders.
  public static func controlPath(of client: Int32) -> String? {
    let prefix = "ControlPath="
    return words("cmdline", of: client).first { $0.hasPrefix(prefix) }.map { String($0.dropFirst(prefix.count)) }
  }

  /// The words of a file such as `cmdline` or `environ` of a process.
  public static func words(_ file: String, of process: Int32) -> [String] {
    let data = FileManager.default.contents(atPath: "/proc/\(process)/\(file)") ?? Data()
    return data.split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
  }

  private static let program = ["/usr/sbin/sshd", "/usr/local/sbin/sshd", "/usr/bin/sshd"].first {
    FileManager.default.isExecutableFile(atPath: $0)
  }

  /// As root, sshd wants a folder that distributions make when they start it.
  private static let script = """
    cd "$1" || exit 1
    [ "$(id -u)" != 0 ] || mkdir -p /run/sshd
    umask 077
    ssh-keygen -q -t ed25519 -N '' -f host_key && ssh-keygen -q -t ed25519 -N '' -f key || exit 1
    cat key.pub >authorized_keys
    chmod 644 authorized_keys
    mkfifo said
    while :; do
      port=$((20000 + $(od -An -N2 -tu2 /dev/urandom) % 12000))
      "$2" -D -e -f "$1/settings" -p "$port" 2>said </dev/null &
      server=$!
      exec 3<said
      is_there=
      while IFS= read -r line <&3; do
        case $line in
          *"Server listening"*) is_there=1; break ;;
          *"Address already in use"*) ;;
          *) other=$line ;;
        esac
      done
      [ -z "$is_there" ] || break
      case $other in *"Cannot bind"*) ;; *) echo "$other"; exit 1 ;; esac
    done
    cat <&3 >log &
    echo "$port ready"; exec >/dev/null 2>&1
    trap '' INT TERM HUP
    cat >/dev/null
    kill "$server"
    cd /tmp && rm -rf "$1"
    """
}

/// A user of this machine who logs in by a password, removed with the last reference. Only root can make one.
public final class PasswordUser: Sendable {
  /// The login.
  public let name: String
  /// The password.
  public let password: String

  /// Whether the tests may make users.
  public static var isPossible: Bool {
    geteuid() == 0 && FileManager.default.isExecutableFile(atPath: "/usr/sbin/useradd")
  }

  /// Makes a user with this password.
  public init(password: String) throws {
    name = TestDatabase.uniqueName("sluice-\(getpid())")
    self.password = password
    try Self.run("/usr/sbin/useradd", "-M", "-N", "-s", "/bin/sh", "-p", Self.hash(password), name)
  }

  deinit { try? Self.run("/usr/sbin/userdel", name) }

  private static func hash(_ password: String) throws -> String {
    let pipe = Pipe()
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/openssl")
    process.arguments = ["passwd", "-6", password]
    process.standardOutput = pipe
    try process.run()
    let text = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    return text.trimmingCharacters(in: .whitespacesAndNewlines)
  }

  private static func run(_ program: String, _ arguments: String...) throws {
    let process = try Process.run(URL(fileURLWithPath: program), arguments: arguments)
    process.waitUntilExit()
    guard process.terminationStatus == 0 else { throw ClusterError(message: "\(program) failed") }
  }
}

/// A port of 127.0.0.1 where connections are taken, and nothing is ever said.
public final class SilentServer: Sendable {
  /// Where it listens.
  public let port: Int
  private let descriptor: Int32

  /// Listens.
  public init() throws {
    #if canImport(Glibc)
      descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    #else
      descriptor = socket(AF_INET, SOCK_STREAM, 0)
    #endif
    let made = descriptor
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let isBound = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(made, $0, length) == 0 && listen(made, 8) == 0 && getsockname(made, $0, &length) == 0
      }
    }
    guard isBound else { throw ClusterError(message: "no port") }
    port = Int(UInt16(bigEndian: address.sin_port))
  }

  deinit { _ = closeDescriptor(descriptor) }
}
