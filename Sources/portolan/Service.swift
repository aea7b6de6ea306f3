/// The service as a whole: listeners, loops, data, and the way they start and stop.
enum Service {
  /// Serves until it is told to stop.
  ///
  /// - Parameters:
  ///   - resolved: What to do.
  ///   - loader: Reads the configuration anew at a reload.
  static func run(
    _ resolved: ResolvedConfiguration,
    loader: ConfigurationLoader
  ) -> ExitStatus {
    Terminal.complain("the engine is not joined to the program yet")
    return .internalError
  }
}
