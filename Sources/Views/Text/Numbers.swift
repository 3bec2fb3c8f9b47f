/// Numbers as people read them: the same in every locale, so that a log can be compared with another.
enum Numbers {
  /// `1,234,567`.
  static func grouped(_ value: Int) -> String {
    var digits = Array(String(value.magnitude))
    var index = digits.count - 3
    while index > 0 {
      digits.insert(",", at: index)
      index -= 3
    }
    return (value < 0 ? "-" : "") + String(digits)
  }

  /// The value with so many digits after the point: `1,234.50`; `0` where it is no finite number.
  static func fixed(_ value: Double, digits: Int) -> String {
    let scale = (0..<digits).reduce(1) { product, _ in product * 10 }
    guard let scaled = Int(exactly: (value * Double(scale)).rounded()) else { return "0" }
    let whole = grouped(Int(scaled.magnitude) / scale)
    let sign = scaled < 0 ? "-" : ""
    if digits == 0 { return sign + whole }
    let rest = String(Int(scaled.magnitude) % scale)
    return "\(sign)\(whole).\(String(repeating: "0", count: digits - rest.count))\(rest)"
  }

  /// `812 B`, `1.5 kB`, `120.3 MB`: powers of 1000, as disks and networks are sold.
  static func bytes(_ value: Int) -> String {
    if value < 1000 { return "\(value) B" }
    var scaled = Double(value) / 1000
    var units = ["kB", "MB", "GB", "TB", "PB", "EB"][...]
    // From 999.95 on, one digit after the point would round to 1,000.0.
    while scaled >= 999.95, units.count > 1 {
      scaled /= 1000
      units.removeFirst()
    }
    return "\(fixed(scaled, digits: 1)) \(units.first ?? "")"
  }

  /// `8 s`, `2 min 5 s`, `3 h 10 min`.
  static func duration(seconds: Double) -> String {
    guard let whole = Int(exactly: seconds.rounded(.up)), whole >= 0 else { return "?" }
    if whole < 60 { return "\(whole) s" }
    if whole < 3600 { return "\(whole / 60) min \(whole % 60) s" }
    return "\(grouped(whole / 3600)) h \(whole % 3600 / 60) min"
  }

  /// `1 file`, `2 files`.
  static func counted(_ count: Int, _ noun: String) -> String {
    "\(grouped(count)) \(noun)\(count == 1 ? "" : "s")"
  }
}
