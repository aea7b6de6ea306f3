// How long one search takes inside the program:
//
//     PortolanBenchmarks QUERIES ROUNDS [TABLE]
//
// QUERIES has a question on each line, %20 between its words; each is understood, searched for and
// its first twenty answers are ordered and read. TABLE holds more rows in the form of iana.tsv, for
// the question of how the time grows. One line of JSON is the report.
import PortRegistry
import Posix

private let itemsMax = 20
private let fileSizeMax = 256 << 20

private struct Report {
  var rows = 0
  var queries = 0
  var answered = 0
  var searchMicroseconds = 0.0
  var buildMilliseconds = 0.0

  var line: String {
    "{\"rows\":\(rows),\"queries\":\(queries),\"answered\":\(answered),"
      + "\"microseconds\":\(searchMicroseconds),\"buildMilliseconds\":\(buildMilliseconds)}\n"
  }
}

private func registry(with table: String?) throws -> Registry {
  var builder = try Registry.embeddedBuilder()
  if let table {
    let bytes = try File.read(table, limitBytes: fileSizeMax)
    try builder.add(.iana, table: table, bytes.span)
  }
  return builder.build()
}

private func questions(in path: String) throws -> [[UInt8]] {
  let bytes = try File.read(path, limitBytes: fileSizeMax)
  return bytes.split(separator: UInt8(ascii: "\n")).map { line in
    Array(String(decoding: line, as: UTF8.self).split(separator: "%20").joined(separator: " ").utf8)
  }
}

private func run(_ arguments: [String]) throws -> Report {
  let clock = ContinuousClock()
  var report = Report()
  let questions = try questions(in: arguments[1])
  let rounds = Int(arguments[2]) ?? 1

  let beforeBuild = clock.now
  let registry = try registry(with: arguments.count > 3 ? arguments[3] : nil)
  report.buildMilliseconds = (clock.now - beforeBuild) / .milliseconds(1)
  report.rows = registry.portedCount
  report.queries = questions.count

  var query = Query()
  var searcher = Searcher()
  var page: [RankingKey] = []
  var ports = 0
  let beforeSearch = clock.now
  for _ in 0..<rounds {
    report.answered = 0
    for question in questions {
      query.parse(question.span)
      searcher.search(query, in: registry, filter: Filter())
      searcher.page(after: nil, limit: itemsMax, into: &page)
      for key in page { ports &+= Int(registry.records[key.number].first) }
      if !page.isEmpty { report.answered += 1 }
    }
  }
  let elapsed = (clock.now - beforeSearch) / .microseconds(1)
  report.searchMicroseconds = elapsed / Double(rounds * questions.count)
  if ports == 0 { try StandardStream.error.write("nothing was found\n") }
  return report
}

if CommandLine.arguments.count < 3 {
  try StandardStream.error.write("usage: PortolanBenchmarks QUERIES ROUNDS [TABLE]\n")
} else {
  try StandardStream.output.write(try run(CommandLine.arguments).line)
}
