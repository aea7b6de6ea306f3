// fuzz TARGET [libFuzzer's options, corpora or single inputs]
//
// Each target is given bytes that libFuzzer makes up from what they reached. It traps where its
// promise does not hold, which libFuzzer reports together with the bytes. Scripts/fuzz builds and
// runs them all.

import CFuzzer
import Glibc

/// One input that strangers can send, and what must hold whatever they send.
///
/// Safe, since only libFuzzer calls back.
@safe struct FuzzTarget {
  let name: String
  let callback: @convention(c) (UnsafePointer<UInt8>?, Int) -> CInt
}

/// Gives a target its bytes in an array of their size, so that looking further would trap.
@Sendable func lend(
  _ data: UnsafePointer<UInt8>?,
  _ size: Int,
  to target: ([UInt8]) -> Void
) -> CInt {
  // SAFETY: libFuzzer's data are valid for `size` bytes during the call.
  unsafe target(Array(UnsafeBufferPointer(start: data, count: size)))
  return 0
}

let targets = [
  unsafe FuzzTarget(name: "request-head") { unsafe lend($0, $1, to: fuzzRequestHead) },
  unsafe FuzzTarget(name: "requests") { unsafe lend($0, $1, to: fuzzRequests) },
  unsafe FuzzTarget(name: "target") { unsafe lend($0, $1, to: fuzzTarget) },
  unsafe FuzzTarget(name: "accept") { unsafe lend($0, $1, to: fuzzAccept) },
  unsafe FuzzTarget(name: "conditions") { unsafe lend($0, $1, to: fuzzConditions) },
  unsafe FuzzTarget(name: "question") { unsafe lend($0, $1, to: fuzzQuestion) },
  unsafe FuzzTarget(name: "cursor") { unsafe lend($0, $1, to: fuzzCursor) },
  unsafe FuzzTarget(name: "registry-table") { unsafe lend($0, $1, to: fuzzRegistryTable) },
  unsafe FuzzTarget(name: "csv") { unsafe lend($0, $1, to: fuzzCSV) },
  unsafe FuzzTarget(name: "iana-csv") { unsafe lend($0, $1, to: fuzzIANARegistryCSV) },
  unsafe FuzzTarget(name: "services") { unsafe lend($0, $1, to: fuzzServicesFile) },
  unsafe FuzzTarget(name: "site-file") { unsafe lend($0, $1, to: fuzzSiteFile) },
  unsafe FuzzTarget(name: "json") { unsafe lend($0, $1, to: fuzzJSON) },
]

guard CommandLine.argc > 1,
  let target = targets.first(where: { $0.name == CommandLine.arguments[1] })
else {
  for target in targets { print(target.name) }
  exit(CommandLine.argc > 1 ? 64 : 0)
}
// The target's name takes the place of the program's, which libFuzzer passes over.
var count = CommandLine.argc - 1
var arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? =
  unsafe CommandLine.unsafeArgv.advanced(by: 1)
exit(unsafe LLVMFuzzerRunDriver(&count, &arguments, target.callback))
