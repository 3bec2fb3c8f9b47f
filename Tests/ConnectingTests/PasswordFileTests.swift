import Secrets
import SystemPackage
import TestSupport
import Testing

@testable import Connecting

@Suite("The password file") struct PasswordFileTests {
  let folder: TemporaryProject

  init() throws { folder = try TemporaryProject() }

  private func password(_ text: String, mode: UInt32 = 0o600, host: String = "db", database: String = "shop") throws
    -> String?
  {
    try folder.write(text, to: "passwords")
    let path = folder.file("passwords")
    try #require(path.withPlatformString { setMode($0, mode) } == 0)
    return PasswordFile(path.string)?.password(host: host, port: "5432", database: database, user: "loader")?
      .reveal { $0 }
  }

  @Test("The first line that fits counts, with what libpq's manual says of `*`, `\\` and `#`") func lines() throws {
    #expect(try password("db:5432:shop:loader:a:b\\:c\\\\\n") == "a:b:c\\")
    #expect(try password("#db:5432:shop:loader:no\ndb:1:shop:loader:no\r\n*:*:*:*:yes\n*:*:*:*:no") == "yes")
    #expect(try password("\\*:5432:shop:loader:no\n") == nil)
    #expect(try password("d\\:b:5432:shop:loader:yes\n", host: "d:b") == "yes")
    #expect(try password("db:5432:shop:loader\n") == nil)
    #expect(try password("") == nil)
  }

  @Test("One that others can read does not count") func open() throws {
    #expect(try password("*:*:*:*:no\n", mode: 0o640) == nil)
    #expect(PasswordFile("/no/such/file") == nil)
    #expect(PasswordFile("/dev/null") == nil)
  }
}
