import Posix

/// Why text is not a value; whoever reads it adds the setting and the origin.
struct MalformedValue: Error, Equatable {
  let reason: String
}

/// What the configuration file has in the place of a setting's value.
enum SettingType: String, Sendable {
  case string = "a string"
  case number = "a number"
  case boolean = "true or false"
  case list = "an array of strings"
}

/// How the values of one kind are written, and what may be written.
struct ValueForm<Value>: Sendable {
  /// What help and reference write where the value goes.
  let placeholder: String
  let type: SettingType
  /// The words to choose from, where there are no others.
  var choices: [String] = []
  /// Whether nothing is a value as well.
  var isOptional = false
  /// Makes a value of text: of one element, or of any number for a list or an optional value.
  let read: @Sendable ([String]) throws(MalformedValue) -> Value

  /// A form whose values are written as one text.
  private init(
    _ placeholder: String,
    _ type: SettingType = .string,
    choices: [String] = [],
    readText: @escaping @Sendable (String) throws(MalformedValue) -> Value
  ) {
    self.placeholder = placeholder
    self.type = type
    self.choices = choices
    read = { texts throws(MalformedValue) in
      guard let text = texts.first, !text.isEmpty else { throw MalformedValue(reason: "is empty") }
      guard texts.count == 1 else { throw MalformedValue(reason: "is given more than once") }
      return try readText(text)
    }
  }

  private init(
    _ placeholder: String,
    _ type: SettingType,
    choices: [String],
    isOptional: Bool,
    read: @escaping @Sendable ([String]) throws(MalformedValue) -> Value
  ) {
    self.placeholder = placeholder
    self.type = type
    self.choices = choices
    self.isOptional = isOptional
    self.read = read
  }
}

// MARK: Forms made of others

extension ValueForm {
  /// Any number of values, separated by commas where they share one text.
  static func list<Element>(of form: ValueForm<Element>) -> ValueForm where Value == [Element] {
    ValueForm(form.placeholder, .list, choices: form.choices, isOptional: true) {
      texts throws(MalformedValue) in
      var elements: [Element] = []
      for text in texts { elements.append(try form.read([text])) }
      return elements
    }
  }

  /// A value or none.
  static func optional<Wrapped>(_ form: ValueForm<Wrapped>) -> ValueForm where Value == Wrapped? {
    ValueForm(
      form.placeholder,
      form.type,
      choices: form.choices,
      isOptional: true
    ) { texts throws(MalformedValue) in
      texts.isEmpty ? nil : try form.read(texts)
    }
  }
}

// MARK: Forms of one text

extension ValueForm where Value == String {
  /// The path of a file, taken from the directory that the program runs in.
  static var path: ValueForm { ValueForm("FILE") { text throws(MalformedValue) in text } }

  /// Groups of key exchange as OpenSSL names them; OpenSSL itself says whether it knows them.
  static var groups: ValueForm {
    ValueForm("GROUP[:GROUP]…") { text throws(MalformedValue) in
      let isList = text.utf8.allSatisfy { (0x21...0x7E).contains($0) && $0 != UInt8(ascii: ",") }
      guard isList else {
        throw MalformedValue(reason: "'\(text)' is not a list of groups separated by colons")
      }
      return text
    }
  }
}

extension ValueForm where Value == Int {
  static func integer(_ range: ClosedRange<Int>) -> ValueForm {
    ValueForm("\(range.lowerBound)-\(range.upperBound)", .number) { text throws(MalformedValue) in
      let isDecimal = text.utf8.allSatisfy { (0x30...0x39).contains($0) }
      guard isDecimal, let value = Int(text), range.contains(value) else {
        throw MalformedValue(
          reason:
            "'\(text)' is not an integer from \(range.lowerBound) to \(range.upperBound)"
        )
      }
      return value
    }
  }
}

extension ValueForm where Value == Bool {
  static var boolean: ValueForm {
    ValueForm("true|false", .boolean) { text throws(MalformedValue) in
      switch text {
      case "true": return true
      case "false": return false
      default: throw MalformedValue(reason: "'\(text)' is neither true nor false")
      }
    }
  }
}

extension ValueForm where Value == SocketAddress {
  static var address: ValueForm {
    ValueForm("ADDRESS:PORT") { text throws(MalformedValue) in
      do throws(SocketAddress.Fault) {
        return try SocketAddress(parsing: text)
      } catch {
        throw MalformedValue(
          reason: error == .missingPort ? "'\(text)' \(error)" : error.description
        )
      }
    }
  }
}

extension ValueForm where Value == IPNetwork {
  static var network: ValueForm {
    ValueForm("ADDRESS/LENGTH") { text throws(MalformedValue) in
      guard let network = IPNetwork(parsing: text) else {
        throw MalformedValue(
          reason:
            "'\(text)' is not a network such as 10.0.0.0/8 or fd00::/8, with no bit set behind"
            + " the length"
        )
      }
      return network
    }
  }
}

extension ValueForm where Value == CORSOrigin {
  static var origin: ValueForm {
    ValueForm("ORIGIN") { text throws(MalformedValue) in
      guard let origin = CORSOrigin(parsing: text) else {
        throw MalformedValue(
          reason: "'\(text)' is neither * nor an origin such as https://ports.example.org"
        )
      }
      return origin
    }
  }
}

extension ValueForm where Value == AccessLogDestination {
  static var accessLog: ValueForm {
    ValueForm("off|FILE|-") { text throws(MalformedValue) in AccessLogDestination(text: text) }
  }
}

extension ValueForm
where Value: RawRepresentable<String> & CaseIterable & Sendable {
  /// One of the words that the type has.
  static var choice: ValueForm {
    let choices = Value.allCases.map(\.rawValue)
    return ValueForm(choices.joined(separator: "|"), choices: choices) {
      text throws(MalformedValue) in
      guard let value = Value(rawValue: text) else {
        throw MalformedValue(
          reason: "'\(text)' is none of \(choices.joined(separator: ", "))"
            + Suggestion.sentence(for: text, among: choices)
        )
      }
      return value
    }
  }
}
