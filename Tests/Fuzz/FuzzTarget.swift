#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// What is fuzzed: one of them a process, so that each has a corpus, a dictionary and a time of its own.
private enum Target: String {
  case csv, values, json
}

/// Read from SLUICE_FUZZ_TARGET.
private let target = getenv("SLUICE_FUZZ_TARGET").flatMap { Target(rawValue: String(cString: $0)) }

/// What the fuzzer calls with each of its inputs.
///
/// Memory errors are the address sanitizer's to find; wrong results are found by the preconditions of each target.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzOne(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  guard let start, count > 1 else { return 0 }
  let bytes = Array(UnsafeBufferPointer(start: start, count: count))
  switch target {
  case .csv: fuzzCSV(bytes)
  case .values: fuzzValues(bytes)
  case .json: fuzzJSON(bytes)
  case nil: preconditionFailure("SLUICE_FUZZ_TARGET is csv, values or json")
  }
  return 0
}
