// Hummingbird as a peer: peer PORT WORKERS ANSWERS
//
// Answers every file under ANSWERS/files at its own path, with the fields in ANSWERS/fields.
import FoundationEssentials
import HTTPTypes
import Hummingbird
import Logging
import NIOPosix

let arguments = CommandLine.arguments
guard arguments.count == 4, let port = Int(arguments[1]), let workers = Int(arguments[2]) else {
  fatalError("usage: peer PORT WORKERS ANSWERS")
}
let folder = arguments[3]

func contents(_ path: String) throws -> [UInt8] {
  [UInt8](try Data(contentsOf: URL(filePath: path)))
}

/// Every answer by its path.
func readAnswers(_ root: String) throws -> [String: ByteBuffer] {
  var answers: [String: ByteBuffer] = [:]
  var folders = [""]
  while let parent = folders.popLast() {
    for name in try FileManager.default.contentsOfDirectory(atPath: root + parent) {
      let path = parent + "/" + name
      var isFolder = false
      _ = FileManager.default.fileExists(atPath: root + path, isDirectory: &isFolder)
      if isFolder {
        folders.append(path)
      } else {
        answers[path] = ByteBuffer(bytes: try contents(root + path))
      }
    }
  }
  return answers
}

func readFields(_ path: String) throws -> HTTPFields {
  var fields = HTTPFields()
  for line in String(decoding: try contents(path), as: UTF8.self).split(separator: "\n") {
    let parts = line.split(separator: ":", maxSplits: 1)
    guard parts.count == 2, let name = HTTPField.Name(String(parts[0])) else { continue }
    fields[name] = String(parts[1].drop { $0 == " " })
  }
  return fields
}

let answers = try readAnswers(folder + "/files")
let fields = try readFields(folder + "/fields")

let router = Router()
router.get("**") { request, _ in
  guard let body = answers[request.uri.path] else { throw HTTPError(.notFound) }
  return Response(status: .ok, headers: fields, body: .init(byteBuffer: body))
}

var logger = Logger(label: "peer")
logger.logLevel = .error
let application = Application(
  router: router,
  configuration: .init(address: .hostname("127.0.0.1", port: port)),
  eventLoopGroupProvider: .shared(MultiThreadedEventLoopGroup(numberOfThreads: workers)),
  logger: logger
)
try await application.runService()
