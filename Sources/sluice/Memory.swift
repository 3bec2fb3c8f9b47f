import Synchronization

#if canImport(Glibc)
  import CMalloc
#endif

/// The process's memory.
enum Memory {
  /// Keeps all memory in one heap.
  ///
  /// glibc gives each thread a heap of its own, and what one thread has freed serves no other: measured at 10,000 flows,
  /// that is a quarter of a plan's memory. Nothing is lost for it, as threads keep small pieces at hand either way. The
  /// heap grows by megabytes, and large arrays stand in it too: each one would be memory that is new to the system, time
  /// and again as it grows. To be called before any other thread is started, as each is given its heap then.
  static func useOneHeap() {
    #if canImport(Glibc)
      _ = mallopt(M_ARENA_MAX, 1)
      _ = mallopt(M_TOP_PAD, 4 << 20)
      _ = mallopt(M_MMAP_THRESHOLD, 32 << 20)
      _ = mallopt(M_TRIM_THRESHOLD, 256 << 20)
    #endif
  }

  /// Keeps `value` until the process ends, and then lets it go with the process: to free a plan of 10,000 flows piece by
  /// piece takes a twentieth of the command's time.
  static func keepToTheEnd(_ value: some Sendable) { kept.withLock { $0.append(value) } }

  private static let kept = Mutex<[any Sendable]>([])
}
