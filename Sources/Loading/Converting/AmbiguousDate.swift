/// Whether a date's day and month could be either: `05/01/2024`.
///
/// A date may start with four digits (its year), or name its month; what has no two numbers with a separator between
/// them at its start is no date at all, and the server says so.
func isAmbiguousDate(_ value: Bytes) -> Bool {
  var index = 0
  while index < value.count, digit(value[index]) > 9 { index += 1 }
  let first = index
  while index < value.count, digit(value[index]) <= 9 { index += 1 }
  guard index > first, index - first <= 3, index + 1 < value.count else { return false }
  guard
    value[index] == UInt8(ascii: "/") || value[index] == UInt8(ascii: "-") || value[index] == UInt8(ascii: ".")
      || value[index] == UInt8(ascii: " ")
  else { return false }
  guard digit(value[index + 1]) <= 9 else { return false }
  let text = value.text.lowercased()
  let months = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
  return !months.contains { text.contains($0) }
}
