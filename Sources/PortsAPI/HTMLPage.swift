import HTTP
import PortRegistry

/// Readable pages: whole without a script, and with everything escaped that is not ours.
enum HTMLPage {
  /// Writes a page that is a table.
  ///
  /// - Parameter next: The target of the next page; empty on the last.
  static func writeList(
    _ title: String,
    question: ArraySlice<UInt8> = [],
    next: ArraySlice<UInt8> = [],
    _ files: PageFiles,
    _ table: Table,
    to output: inout [UInt8]
  ) {
    begin(title, files, question: question, to: &output)
    if table.rowCount > 0 {
      table.writeHTML(to: &output)
    } else {
      paragraph("Nothing.", to: &output)
    }
    if !next.isEmpty {
      output.append(contentsOf: "<p><a rel=\"next\" href=\"".utf8)
      escape(next, to: &output)
      output.append(contentsOf: "\">Next page</a></p>\n".utf8)
    }
    end(to: &output)
  }

  /// Writes the page of the ranges.
  static func write(
    _ ranges: [PortRange],
    of registry: Registry,
    _ files: PageFiles,
    _ table: inout Table,
    to output: inout [UInt8]
  ) {
    begin(ranges.count == 1 ? "The \(ranges[0].rawValue) range" : "Ranges", files, to: &output)
    table.fill(ranges, of: registry)
    table.writeHTML(to: &output)
    for range in ranges {
      for fact in RangesText.facts(range, of: registry) { paragraph(fact, to: &output) }
    }
    end(to: &output)
  }

  /// Writes the page of a problem.
  static func write(_ problem: Problem, _ files: PageFiles, to output: inout [UInt8]) {
    begin(problem.kind.title, files, to: &output)
    paragraph(problem.detail, to: &output)
    output.append(
      contentsOf:
        "<p><a href=\"/problems/\(problem.kind.rawValue)\">About this problem</a></p>\n".utf8
    )
    end(to: &output)
  }

  /// Writes what comes before a page's own content.
  ///
  /// - Parameters:
  ///   - title: Of the page.
  ///   - files: What it refers to.
  ///   - question: What stands in the search box.
  static func begin(
    _ title: String,
    _ files: PageFiles,
    question: ArraySlice<UInt8> = [],
    to output: inout [UInt8]
  ) {
    output.append(
      contentsOf: """
        <!DOCTYPE html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <title>
        """.utf8
    )
    escape(Array(title.utf8)[...], to: &output)
    output.append(
      contentsOf: """
        </title>
        <link rel="icon" href="\(files.icon)" type="image/svg+xml">
        <link rel="stylesheet" href="\(files.style)">
        </head>
        <body>
        <header class="top">
        <a class="brand" href="/"><img src="\(files.icon)" alt="" width="28" height="28">Portolan</a>
        <nav aria-label="Pages">
        <a href="/ranges?format=html">Ranges</a>
        <a href="/free-ranges?format=html">Free blocks</a>
        <a href="/openapi.yaml">API</a>
        </nav>
        </header>
        <form class="ask" action="/ports" method="get" role="search">
        <input type="hidden" name="format" value="html">
        <label for="q">A port number or a service</label>
        <div class="box">
        <input id="q" name="q" type="search" maxlength="256" value="
        """.utf8
    )
    escape(question, to: &output)
    output.append(
      contentsOf: """
        ">
        <button>Look up</button>
        </div>
        </form>
        <main>
        <h1>
        """.utf8
    )
    escape(Array(title.utf8)[...], to: &output)
    output.append(contentsOf: "</h1>\n".utf8)
  }

  static func end(to output: inout [UInt8]) {
    output.append(contentsOf: "</main>\n</body>\n</html>\n".utf8)
  }

  static func paragraph(_ text: String, to output: inout [UInt8]) {
    output.append(contentsOf: "<p>".utf8)
    escape(Array(text.utf8)[...], to: &output)
    output.append(contentsOf: "</p>\n".utf8)
  }

  /// Writes text so that it is text, between tags and in quoted attributes alike.
  static func escape(_ text: ArraySlice<UInt8>, to output: inout [UInt8]) {
    for byte in text {
      switch byte {
      case UInt8(ascii: "&"): output.append(contentsOf: "&amp;".utf8)
      case UInt8(ascii: "<"): output.append(contentsOf: "&lt;".utf8)
      case UInt8(ascii: ">"): output.append(contentsOf: "&gt;".utf8)
      case UInt8(ascii: "\""): output.append(contentsOf: "&quot;".utf8)
      case UInt8(ascii: "'"): output.append(contentsOf: "&#39;".utf8)
      default: output.append(byte)
      }
    }
  }
}
