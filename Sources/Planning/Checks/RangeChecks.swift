internal import Catalog
internal import Diagnostics
internal import Manifests

extension FlowContext {
  /// `source-readable` of the days that the flow's rows are of: the server must know the zone that they are counted in.
  func rangeChecks() -> [Finding] {
    let zone = spec.timezone
    guard design.countsDays, live.today[zone] == nil else { return [] }
    return [
      failed(
        .sourceReadable, "the server knows no time zone `\(zone)`, in which the flow's days are counted",
        about: "time zone \(zone)", at: places.place(of: "timezone", "range", "source"),
        help: ["write a zone of the IANA's database, as in `timezone: Europe/Prague`"])
    ]
  }
}
