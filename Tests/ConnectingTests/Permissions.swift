#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// chmod(2), under a name of its own as the tests' method is called like it.
func setMode(_ path: UnsafePointer<CChar>, _ mode: UInt32) -> Int32 { chmod(path, mode_t(mode)) }
