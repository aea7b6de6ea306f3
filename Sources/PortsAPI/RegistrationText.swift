import PortRegistry

/// What IANA's registry says of an assignment besides, in words for people. Only tables that were
/// imported have it.
enum RegistrationText {
  /// A term, and what is said of it.
  typealias Row = (term: String, words: [String])

  static func rows(_ record: AssignmentRecord, of registry: Registry) -> [Row] {
    guard let registration = registry.registration(of: record) else { return [] }
    var rows: [Row] = []
    for fact in Registration.Fact.allCases where !registration[fact].isEmpty {
      rows.append((term(fact), registration[fact].map { registry.string(registry.listed($0)) }))
    }
    if registration.isNoted { rows.append(("Remarks", ["IANA has notes on it"])) }
    return rows
  }

  /// `https: assigned to IESG; contact IETF Chair; registered 2021-10-01; references RFC 9110`;
  /// `nil` where there is nothing of this.
  static func line(_ record: AssignmentRecord, of registry: Registry) -> String? {
    var rows = rows(record, of: registry)
    guard !rows.isEmpty else { return nil }
    let references = registry.references(of: record).map { registry.string(registry.listed($0)) }
    if !references.isEmpty { rows.append(("References", references)) }
    let facts = rows.map { $0.term.lowercased() + " " + $0.words.joined(separator: ", ") }
    let title = record.service.isEmpty ? record.name : record.service
    return "\(registry.string(title)): \(facts.joined(separator: "; "))"
  }

  private static func term(_ fact: Registration.Fact) -> String {
    switch fact {
    case .assignees: "Assigned to"
    case .contacts: "Contact"
    case .registered: "Registered"
    case .modified: "Modified"
    case .serviceCodes: "Service code"
    case .unauthorizedUse: "Unauthorised use"
    }
  }
}
