/// Which Portolan this is (semver.org).
enum ProgramVersion {
  static let current = "0.1.0"
}
