// swift-tools-version: 6.2

import PackageDescription

/// The settings of every target of our own; a warning is an error.
let settings: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
  .treatAllWarnings(as: .error),
]

/// The settings of every target but the two C wrappers and the loading engine's byte kernel.
let safe = settings + [.strictMemorySafety()]

let package = Package(
  name: "sluice",
  platforms: [.macOS(.v15)],
  products: [
    .executable(name: "sluice", targets: ["sluice"])
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
    .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
    .package(url: "https://github.com/apple/swift-system", from: "1.8.0"),
    .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.0"),
  ],
  targets: [
    // Floor 0: the system's libraries.
    .systemLibrary(
      name: "CLibPQ", pkgConfig: "libpq", providers: [.apt(["libpq-dev"]), .brew(["libpq"])]),
    .systemLibrary(
      name: "CLibYAML", pkgConfig: "yaml-0.1",
      providers: [.apt(["libyaml-dev"]), .brew(["libyaml"])]),
    .systemLibrary(name: "CMalloc"),
    .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"]), .brew(["zlib"])]),
    .systemLibrary(name: "CZstd", pkgConfig: "libzstd", providers: [.apt(["libzstd-dev"]), .brew(["zstd"])]),

    // What must never be shown; everyone may import it.
    .target(name: "Secrets", swiftSettings: safe),

    // Floor 1: values, and the C wrappers.
    .target(name: "Diagnostics", swiftSettings: safe),
    .target(name: "Catalog", swiftSettings: safe),
    .target(
      name: "JSON",
      dependencies: [.product(name: "OrderedCollections", package: "swift-collections")],
      swiftSettings: safe),
    .target(name: "YAML", dependencies: ["CLibYAML", "Diagnostics"], swiftSettings: settings),
    .target(name: "Postgres", dependencies: ["CLibPQ", "Catalog", "Secrets"], swiftSettings: settings),

    // Floor 2: what is declared, and what was recorded.
    .target(
      name: "Manifests",
      dependencies: [
        "YAML", "JSON", "Diagnostics", "Catalog",
        .product(name: "OrderedCollections", package: "swift-collections"),
        .product(name: "SystemPackage", package: "swift-system"),
      ],
      swiftSettings: safe),
    .target(
      name: "State",
      dependencies: [
        "JSON", "Diagnostics", "Catalog",
        .product(name: "OrderedCollections", package: "swift-collections"),
        .product(name: "SystemPackage", package: "swift-system"),
      ],
      swiftSettings: safe),

    .target(
      name: "Tunnels",
      dependencies: [
        "Secrets",
        .product(name: "SystemPackage", package: "swift-system"),
        .product(name: "Subprocess", package: "swift-subprocess"),
      ],
      swiftSettings: safe),

    // Floor 3: pure functions of values.
    .target(
      name: "Planning",
      dependencies: [
        "Manifests", "State", "Catalog", "Diagnostics", "JSON",
        .product(name: "OrderedCollections", package: "swift-collections"),
      ],
      swiftSettings: safe),

    .target(
      name: "Connecting",
      dependencies: [
        "Manifests", "Postgres", "Tunnels", "Catalog", "Diagnostics", "Secrets",
        .product(name: "SystemPackage", package: "swift-system"),
        .product(name: "Subprocess", package: "swift-subprocess"),
      ],
      swiftSettings: safe),

    // Floor 4: effects.
    .target(
      name: "Loading",
      dependencies: [
        "Planning", "Manifests", "State", "Connecting", "Postgres", "Catalog", "Diagnostics", "Secrets", "JSON",
        "CZlib",
        "CZstd",
        .product(name: "SystemPackage", package: "swift-system"),
        .product(name: "Subprocess", package: "swift-subprocess"),
      ],
      swiftSettings: settings),
    .target(
      name: "Reconciling",
      dependencies: [
        "Planning", "Manifests", "State", "Connecting", "Postgres", "Catalog", "Diagnostics", "Secrets", "JSON",
      ],
      swiftSettings: safe),
    .target(
      name: "Sandbox",
      dependencies: [
        "Manifests", "Postgres", "Catalog", "Diagnostics",
        .product(name: "SystemPackage", package: "swift-system"),
        .product(name: "Subprocess", package: "swift-subprocess"),
      ],
      swiftSettings: safe),

    // Floor 5: what people and programs see.
    .target(
      name: "Views",
      dependencies: [
        "Planning", "Manifests", "State", "Catalog", "Diagnostics", "JSON",
        .product(name: "OrderedCollections", package: "swift-collections"),
      ],
      swiftSettings: safe),

    // Floor 6: the command line.
    .executableTarget(
      name: "sluice",
      dependencies: [
        "Views", "Reconciling", "Loading", "Sandbox", "Connecting", "Planning", "Manifests", "State", "Postgres",
        "Tunnels", "Catalog", "Diagnostics", "Secrets", "JSON", "CMalloc",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "SystemPackage", package: "swift-system"),
        .product(name: "Subprocess", package: "swift-subprocess"),
      ],
      swiftSettings: safe),

    // Tests.
    .target(
      name: "TestSupport",
      dependencies: [
        "Postgres", "Catalog", "Diagnostics",
        .product(name: "SystemPackage", package: "swift-system"),
        .product(name: "Subprocess", package: "swift-subprocess"),
      ],
      path: "Tests/TestSupport", swiftSettings: settings),
  ]
)

/// A test target beside each target, with the fixtures and golden files that it reads.
let tests: [(target: String, dependencies: [Target.Dependency])] = [
  ("Diagnostics", ["Diagnostics"]),
  ("Catalog", ["Catalog"]),
  ("JSON", ["JSON", .product(name: "OrderedCollections", package: "swift-collections")]),
  ("YAML", ["YAML", "Diagnostics"]),
  ("Secrets", ["Secrets"]),
  ("Postgres", ["Postgres", "Catalog", "Secrets"]),
  (
    "Manifests",
    [
      "Manifests", "YAML", "JSON", "Catalog", "Diagnostics",
      .product(name: "OrderedCollections", package: "swift-collections"),
    ]
  ),
  (
    "State",
    ["State", "JSON", "Diagnostics", .product(name: "OrderedCollections", package: "swift-collections")]
  ),
  ("Planning", ["Planning", "Manifests", "State", "Catalog", "Diagnostics", "JSON"]),
  ("Loading", ["Loading", "Planning", "Manifests", "Postgres", "Catalog", "Diagnostics", "JSON"]),
  (
    "Reconciling",
    [
      "Reconciling", "Planning", "Manifests", "State", "Postgres", "Catalog", "Diagnostics", "JSON",
    ]
  ),
  ("Tunnels", ["Tunnels", "Postgres", "Catalog", "Secrets"]),
  ("Connecting", ["Connecting", "Manifests", "Postgres", "Catalog", "Diagnostics", "Secrets"]),
  ("Sandbox", ["Sandbox", "Manifests", "Postgres", "Catalog", "Diagnostics"]),
  (
    "Views",
    [
      "Views", "Planning", "Manifests", "State", "Catalog", "Diagnostics", "JSON",
      .product(name: "OrderedCollections", package: "swift-collections"),
    ]
  ),
  ("Command", ["sluice", "Views", "Manifests", "State", "Diagnostics", "JSON"]),
]

for test in tests {
  package.targets.append(
    .testTarget(
      name: "\(test.target)Tests",
      dependencies: test.dependencies + [
        "TestSupport",
        .product(name: "SystemPackage", package: "swift-system"),
        .product(name: "Subprocess", package: "swift-subprocess"),
      ],
      exclude: ["Golden", "Fixtures"],
      swiftSettings: settings
    ))
}

// Built by Tests/Fuzz/run.sh alone.
if Context.environment["SLUICE_FUZZ"] != nil {
  package.targets.append(
    .target(
      name: "Fuzz",
      dependencies: [
        "Loading", "Manifests", "JSON", "Diagnostics",
        .product(name: "OrderedCollections", package: "swift-collections"),
      ],
      path: "Tests/Fuzz", exclude: ["run.sh", "csv.dict", "values.dict", "json.dict", "Seeds"],
      swiftSettings: settings))
}
