"""How a server behaves on the wire, held against RFC 9110 and RFC 9112, byte for byte."""
