import Secrets
import Testing

@testable import Tunnels

@Suite("What ssh says") struct SSHLogTests {
  private func read(_ lines: [String]) -> (words: [String], events: [SSHLog.Event]) {
    var log = SSHLog(controlPath: "/tmp/s")
    let events = lines.compactMap { log.take($0) }
    return (log.words, events)
  }

  @Test(
    "It is ready when its own socket is there, and not when a jump's session is",
    arguments: ["channel 0: new mux listener [/tmp/s] (inactive timeout: 0)", "channel 0: new [/tmp/s]"])
  func ready(line: String) {
    #expect(read(["debug1: Entering interactive session.\r", "debug1: channel 0: new [/tmp/other]\r"]).events == [])
    #expect(read(["debug1: \(line)\r"]).events == [.ready])
  }

  @Test("A connection that the server refuses is one of its forward's port") func refused() {
    let lines = [
      "debug1: Connection to port 40001 forwarding to db port 5432 requested.\r",
      "debug1: channel 3: new direct-tcpip [direct-tcpip] (inactive timeout: 0)\r",
      "debug1: Connection to port 40002 forwarding to db port 5433 requested.\r",
      "debug1: channel 4: new [direct-tcpip]\r",
      "channel 3: open failed: connect failed: Connection refused\r",
      "debug1: channel 3: free: direct-tcpip: listening port 40001 for db port 5432, nchannels 5\r",
      "channel 4: open failed: administratively prohibited: open failed\r",
      "channel 9: open failed: unknown\r",
    ]
    let (words, events) = read(lines)
    #expect(
      events == [
        .refused(port: 40001, "connect failed: Connection refused"),
        .refused(port: 40002, "administratively prohibited: open failed"),
      ])
    #expect(words == [])
  }

  @Test("Its words are those for people, without a password") func words() {
    _ = Secret("hush-in-a-banner")
    let lines = [
      "OpenSSH_9.2p1 Debian-2, OpenSSL 3.0.19\r", "debug1: Connecting to h [1.2.3.4] port 22.\r",
      "@@@@@@@@@@\r", "@    WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED!     @\r", "@@@@@@@@@@\r",
      "the banner says hush-in-a-banner\r", "Killed by signal 1.\r", "",
    ]
    #expect(
      read(lines).words == ["WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED!", "the banner says \(Redaction.mark)"])
  }

  @Test("A message's numbers and texts are read as they were written") func message() {
    let message = ControlMessage().adding(0x8000_0003).adding(7).adding("Port forwarding failed")
    #expect(message.bytes.prefix(8) == [0x80, 0, 0, 3, 0, 0, 0, 7])
    #expect(message.first == 0x8000_0003)
    #expect(message.text(after: 8) == "Port forwarding failed")
    #expect(ControlMessage(bytes: Array(message.bytes.dropLast())).text(after: 8) == nil)
    #expect(ControlMessage(bytes: [0, 0]).first == nil)
  }
}
