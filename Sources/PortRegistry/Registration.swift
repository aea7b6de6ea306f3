/// What IANA's registry says of an assignment besides its title and references (RFC 6335 §8.1).
/// Only tables that were imported have it.
package struct Registration: Sendable {
  /// What may be said more than once, since an assignment has a record for each transport.
  package enum Fact: Int, CaseIterable, Sendable {
    /// Whom it is assigned to.
    case assignees
    /// Whom to ask.
    case contacts
    /// When it was registered, `YYYY-MM-DD`.
    case registered
    /// When it was modified.
    case modified
    /// DCCP service codes (RFC 4340 §8.1.2).
    case serviceCodes
    /// What is known of others who use the number.
    case unauthorizedUse
  }

  var runs: [6 of Run] = .init(repeating: Run())
  /// Whether the registry has notes on it.
  package internal(set) var isNoted = false

  /// Where the texts stand; resolved with ``Registry/listed(_:)``.
  package subscript(fact: Fact) -> Range<Int> { runs[fact.rawValue].indices }
}

extension Registration.Fact {
  /// The column of a table that says it.
  var column: RegistryTable.Column {
    switch self {
    case .assignees: .assignee
    case .contacts: .contact
    case .registered: .registered
    case .modified: .modified
    case .serviceCodes: .serviceCode
    case .unauthorizedUse: .unauthorized
    }
  }
}

extension RegistryBuilder {
  /// Takes in what a row says besides.
  ///
  /// - Returns: Its number, counted from 1; 0 if there is nothing.
  mutating func registration(of table: RegistryTable, _ bytes: Span<UInt8>) -> UInt32 {
    guard table.hasRegistrations else { return 0 }
    var registration = Registration()
    registration.isNoted = !table.cell(.noted, bytes).isEmpty
    var saysAnything = registration.isNoted
    for fact in Registration.Fact.allCases {
      let items = split(TextRange(table.cell(fact.column, bytes)))
      registration.runs[fact.rawValue] = run(items)
      saysAnything = saysAnything || !items.isEmpty
    }
    guard saysAnything else { return 0 }
    parts.registrations.append(registration)
    return UInt32(parts.registrations.count)
  }

  /// Joins what two rows of one assignment say.
  mutating func joined(_ known: UInt32, _ more: UInt32) -> UInt32 {
    guard known > 0, more > 0 else { return max(known, more) }
    var registration = parts.registrations[Int(known) - 1]
    let other = parts.registrations[Int(more) - 1]
    registration.isNoted = registration.isNoted || other.isNoted
    for fact in Registration.Fact.allCases {
      registration.runs[fact.rawValue] = merged(
        registration.runs[fact.rawValue],
        other[fact].map { parts.lists[$0] }
      )
    }
    parts.registrations[Int(known) - 1] = registration
    return known
  }
}

extension Registry {
  package func registration(of record: AssignmentRecord) -> Registration? {
    record.registration == 0 ? nil : registrations[Int(record.registration) - 1]
  }
}
