// swift-tools-version: 6.2
import PackageDescription

/// What every Swift target is compiled with: the safety the language offers, and no warnings.
let strict: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .strictMemorySafety(),
  .treatAllWarnings(as: .error),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
]

/// A module of the house. Its dependencies are its arrows (docs/ARCHITECTURE.md).
func room(_ name: String, arrows: [Target.Dependency] = []) -> Target {
  .target(name: name, dependencies: arrows, swiftSettings: strict)
}

func tests(of name: String, _ arrows: [Target.Dependency] = []) -> Target {
  .testTarget(
    name: "\(name)Tests",
    dependencies: [.byName(name: name)] + arrows,
    swiftSettings: strict
  )
}

/// The simulator has one thread, and Swift 6.3 cannot compile it for ThreadSanitizer: only
/// Scripts/sanitize asks to leave it out.
let leftOutOfServerTests =
  Context.environment["PORTOLAN_THREAD_SANITIZER"] != nil ? ["Simulation/Simulation.swift"] : []

let package = Package(
  name: "portolan",
  products: [
    .executable(name: "portolan", targets: ["portolan"]),
    .library(name: "PortRegistry", targets: ["PortRegistry"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
    .package(url: "https://github.com/apple/swift-log", exact: "1.16.2"),
    .package(url: "https://github.com/jpsim/Yams", exact: "6.2.2"),
  ],
  targets: [
    // Headers, module maps and #embed; no logic.
    .systemLibrary(name: "CLinux"),
    .systemLibrary(name: "COpenSSL", pkgConfig: "openssl", providers: [.apt(["libssl-dev"])]),
    .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
    .target(
      name: "CRegistryData",
      exclude: [
        "catalogue.tsv", "ranges.tsv", "iana.tsv", "common.tsv", "use.tsv", "use-overrides.tsv",
      ]
    ),
    .target(name: "CAssets", exclude: ["dashboard", "openapi.yaml", "openapi.json"]),

    // Each wraps one C module.
    room("Posix", arrows: ["CLinux"]),
    room("TLS", arrows: ["COpenSSL"]),
    room("Gzip", arrows: ["CZlib"]),

    // Pure: bytes and values in, values and bytes out.
    room("HTTP"),
    room("JSON"),
    room("PortRegistry", arrows: ["CRegistryData"]),

    // The engine and the API, which do not know each other.
    room("Server", arrows: ["HTTP", "Posix", "TLS"]),
    room("PortsAPI", arrows: ["HTTP", "JSON", "Gzip", "PortRegistry", "CAssets"]),

    // The program: the only module that sees both sides.
    .executableTarget(
      name: "portolan",
      dependencies: [
        "Server", "PortsAPI", "HTTP", "JSON", "Posix", "TLS", "PortRegistry",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "Logging", package: "swift-log"),
      ],
      swiftSettings: strict
    ),

    // Times one search inside the program; no product (Benchmarks/README.md).
    .executableTarget(
      name: "PortolanBenchmarks",
      dependencies: ["PortRegistry", "Posix"],
      path: "Benchmarks/SearchBenchmark",
      swiftSettings: strict
    ),

    tests(of: "HTTP"),
    tests(of: "JSON"),
    tests(of: "Gzip", ["CZlib"]),
    tests(of: "Posix"),
    .testTarget(
      name: "TLSTests",
      dependencies: ["TLS", "COpenSSL", "Posix"],
      exclude: ["client.py", "make-certificates"],
      swiftSettings: strict
    ),
    tests(of: "PortRegistry"),
    tests(of: "PortsAPI", ["HTTP", "PortRegistry", "JSON", "CZlib"]),
    .testTarget(
      name: "ServerTests",
      dependencies: ["Server", "HTTP", "Posix"],
      exclude: leftOutOfServerTests,
      swiftSettings: strict
    ),
    .testTarget(
      name: "PortolanTests",
      dependencies: [
        "portolan", "HTTP", "JSON", "Posix", "PortRegistry",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "Logging", package: "swift-log"),
      ],
      swiftSettings: strict
    ),
    .testTarget(
      name: "HouseTests",
      dependencies: ["HTTP", "PortRegistry", .product(name: "Yams", package: "Yams")],
      swiftSettings: strict
    ),
  ],
  cLanguageStandard: .gnu2x
)

// The fuzzer sees what is shared within the package, so it lives in it; only Scripts/fuzz asks for
// it, since all that it calls must be compiled for it.
if Context.environment["PORTOLAN_FUZZ"] != nil {
  package.targets += [
    .systemLibrary(name: "CFuzzer", path: "Fuzz/CFuzzer"),
    .executableTarget(
      name: "fuzz",
      dependencies: ["CFuzzer", "HTTP", "JSON", "PortRegistry", "PortsAPI"],
      path: "Fuzz/Targets",
      swiftSettings: strict
    ),
  ]
}
