// swift-tools-version: 6.2
import PackageDescription

// A package of its own, so that the main build never sees Hummingbird's two dozen packages. The
// folder cannot be called hummingbird: a package does not depend on one of its own name.
// Package.resolved is committed: every run measures the same versions.
let package = Package(
  name: "peer",
  platforms: [.macOS(.v15)],
  dependencies: [
    .package(
      url: "https://github.com/hummingbird-project/hummingbird.git", exact: "2.28.1", traits: [])
  ],
  targets: [
    .executableTarget(
      name: "peer",
      dependencies: [.product(name: "Hummingbird", package: "hummingbird")]
    )
  ]
)
