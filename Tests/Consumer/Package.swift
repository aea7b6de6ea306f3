// swift-tools-version: 6.2
import PackageDescription

// Another program that uses the registry: a package of its own, with the public API alone.
let package = Package(
  name: "consumer",
  dependencies: [.package(name: "portolan", path: "../..")],
  targets: [
    .executableTarget(
      name: "consumer",
      dependencies: [.product(name: "PortRegistry", package: "portolan")],
      swiftSettings: [.swiftLanguageMode(.v6), .treatAllWarnings(as: .error)]
    )
  ]
)
