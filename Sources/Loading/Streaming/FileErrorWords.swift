internal import SystemPackage

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#elseif canImport(Darwin)
  internal import Darwin
#endif

#if canImport(FoundationEssentials)
  internal import FoundationEssentials
#else
  internal import Foundation
#endif

/// The system's words for an error of the file system, also where Foundation has wrapped it in what is nothing for people.
public func fileErrorWords(_ error: any Error) -> String {
  if let errno = error as? Errno { return errno.description }
  if let code = ((error as? CocoaError)?.underlying as? POSIXError)?.code {
    return Errno(rawValue: code.rawValue).description
  }
  return "\(error)"
}
