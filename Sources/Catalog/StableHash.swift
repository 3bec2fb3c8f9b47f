/// A number for `text` that is the same in each process and version: FNV-1a over its UTF-8, 64 bits.
///
/// For names of locks and the like, where two texts with one number cost no more than a wait. Source: Fowler, Noll and
/// Vo, http://www.isthe.com/chongo/tech/comp/fnv/.
public func stableHash(_ text: String) -> UInt64 {
  text.utf8.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
}
