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
    writer.value(base64 { registry.states(of: PortNumber($0)).rawValue }.span)
    writer.name("layers")
    writer.value(base64 { registry.layers(of: $0) }.span)
    writer.endObject()
  }

  private static let alphabet = Array(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8
  )

  /// Base64 (RFC 4648 §4) of one byte for each port, padded.
  private static func base64(_ byteOf: (UInt16) -> UInt8) -> [UInt8] {
    var text: [UInt8] = []
    text.reserveCapacity(65_538 / 3 * 4)
    for first in stride(from: 0, to: 65_536, by: 3) {
      var word: UInt32 = 0
      for place in first..<first + 3 {
        word = word << 8 | (place < 65_536 ? UInt32(byteOf(UInt16(place))) : 0)
      }
      let digitCount = min(3, 65_536 - first) + 1
      for digit in 0..<4 {
        let value = Int(word >> UInt32(18 - 6 * digit) & 0x3F)
        text.append(digit < digitCount ? alphabet[value] : UInt8(ascii: "="))
      }
    }
    return text
  }
}
