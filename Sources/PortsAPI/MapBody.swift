package import JSON
package import PortRegistry

/// The state and the layers of all 65,536 ports, for pictures.
///
/// `{"version":1,"states":"…","layers":"…"}`. Both strings are base64 of 65,536 bytes, one a port.
/// A byte of `states` has two bits a transport, tcp lowest, then udp, sctp and dccp: 0 is
/// unassigned, 1 reserved, 2 assigned. A byte of `layers` has one bit a layer that names a service
/// there, catalogue lowest, then iana, common and site.
package enum MapBody {
  package static func write(_ registry: Registry, into writer: inout JSONWriter) {
    writer.beginObject()
    writer.name("version")
    writer.value(1)
    writer.name("states")
    writer.value(base64(registry.states).span)
    writer.name("layers")
    writer.value(base64((0...UInt16.max).map(registry.layers)).span)
    writer.endObject()
  }

  private static let alphabet = Array(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8
  )

  /// Base64 (RFC 4648 §4), padded.
  private static func base64(_ bytes: [UInt8]) -> [UInt8] {
    let size = (bytes.count + 2) / 3 * 4
    let alphabet = alphabet
    return Array(capacity: size) { text in
      var start = 0
      while start + 2 < bytes.count {
        let word =
          UInt32(bytes[start]) << 16 | UInt32(bytes[start + 1]) << 8 | UInt32(bytes[start + 2])
        for shift: UInt32 in [18, 12, 6, 0] { text.append(alphabet[Int(word >> shift & 0x3F)]) }
        start += 3
      }
      let rest = bytes.count - start
      guard rest > 0 else { return }
      let word = UInt32(bytes[start]) << 16 | (rest > 1 ? UInt32(bytes[start + 1]) << 8 : 0)
      for digit in 0..<4 {
        let value = Int(word >> UInt32(18 - 6 * digit) & 0x3F)
        text.append(digit <= rest ? alphabet[value] : UInt8(ascii: "="))
      }
    }
  }
}
