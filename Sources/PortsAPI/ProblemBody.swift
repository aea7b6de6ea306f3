package import HTTP
package import JSON

/// A problem as JSON (RFC 9457 §3), in our order of members.
package enum ProblemBody {
  package static func write(_ problem: Problem, into writer: inout JSONWriter) {
    writer.beginObject()
    writer.name("type")
    writer.value("/problems/\(problem.kind.rawValue)")
    writer.name("title")
    writer.value(problem.kind.title)
    writer.name("status")
    writer.value(problem.kind.status.code)
    writer.name("detail")
    writer.value(problem.detail)
    writer.name("errors")
    writer.beginArray()
    for error in problem.errors {
      writer.beginObject()
      writer.name("parameter")
      writer.value(error.parameter)
      writer.name("in")
      writer.value(error.place.rawValue)
      writer.name("reason")
      writer.value(error.reason)
      writer.endObject()
    }
    writer.endArray()
    writer.endObject()
  }

  /// The same as one line of text: `400 invalid-parameter: …`.
  package static func line(_ problem: Problem) -> String {
    "\(problem.kind.status.code) \(problem.kind.rawValue): \(problem.detail)\n"
  }
}
