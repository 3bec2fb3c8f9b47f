import Synchronization

#if canImport(Glibc)
  import CMalloc
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The process's memory.
enum Memory {
  /// Keeps memory in three heaps: one for the main thread, and one for each of two that work at the same time.
  ///
  /// glibc gives each thread a heap of its own, and what one thread has freed serves no other: at 10,000 flows that is a
  /// quarter of a plan's memory. In a single heap, threads wait for each other: an eighth of its time. The heaps grow by
  /// megabytes; large arrays stand outside, so that what they took is given back as soon as they have grown. To be called
  /// before any other thread is started, as each is given its heap then.
  static func useFewHeaps() {
    #if canImport(Glibc)
      _ = mallopt(M_ARENA_MAX, 3)
      _ = mallopt(M_TOP_PAD, 4 << 20)
      _ = mallopt(M_MMAP_THRESHOLD, 1 << 20)
      _ = mallopt(M_TRIM_THRESHOLD, 256 << 20)
    #endif
  }

  /// Lets a crash leave no core dump: passwords would be in it. Programs that are started inherit that.
  static func leaveNoDump() {
    var limit = rlimit()
    guard unsafe getrlimit(coreLimit, &limit) == 0 else { return }
    limit.rlim_cur = 0
    _ = unsafe setrlimit(coreLimit, &limit)
  }

  #if canImport(Glibc)
    private static let coreLimit = __rlimit_resource_t(RLIMIT_CORE.rawValue)
  #else
    private static let coreLimit = RLIMIT_CORE
  #endif

  /// Keeps `value` until the process ends, and then lets it go with the process: to free a plan of 10,000 flows piece by
  /// piece takes a twentieth of the command's time.
  static func keepToTheEnd(_ value: some Sendable) { kept.withLock { $0.append(value) } }

  private static let kept = Mutex<[any Sendable]>([])
}
