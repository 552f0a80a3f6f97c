// swift-tools-version: 6.2
import PackageDescription

/// Every warning is an error where the checks run; a developer's own build only shows it.
let strict: [SwiftSetting] =
    Context.environment["SWITCHBOARD_STRICT"] == "1" ? [.treatAllWarnings(as: .error)] : []

/// libFuzzer's programs are there when asked for only (Tests/Fuzz/run): they bring a `main` of their own, and what they
/// reach is built with the counters that guide them.
let fuzzes = Context.environment["SWITCHBOARD_FUZZ"] == "1"

let settings: [SwiftSetting] =
    [
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("MemberImportVisibility"),
        .enableUpcomingFeature("InternalImportsByDefault"),
    ] + strict + (fuzzes ? [.unsafeFlags(["-sanitize=fuzzer,address"])] : [])

let nio: [Target.Dependency] = [
    .product(name: "NIOCore", package: "swift-nio"),
    .product(name: "NIOPosix", package: "swift-nio"),
]

let fuzzProgram: [SwiftSetting] = settings + [.unsafeFlags(["-parse-as-library"])]
// lld: gold, which is the default on some systems, cannot link the sanitizer's archives.
let fuzzLinking: [LinkerSetting] = [.unsafeFlags(["-sanitize=fuzzer,address", "-use-ld=lld"])]
let fuzzTargets: [Target] = [
    .executableTarget(
        name: "FuzzLines", dependencies: ["FuzzSupport"], path: "Tests/Fuzz/Lines", swiftSettings: fuzzProgram,
        linkerSettings: fuzzLinking),
    .executableTarget(
        name: "FuzzSession",
        dependencies: [
            "FuzzSupport", "Plan", "Routing", "Server", .product(name: "Logging", package: "swift-log"),
        ],
        path: "Tests/Fuzz/Session", swiftSettings: fuzzProgram, linkerSettings: fuzzLinking),
]

let package = Package(
    name: "switchboard",
    platforms: [.macOS(.v15)],
    products: [
        .executable(name: "switchboard", targets: ["switchboard"]),
        .library(name: "SwitchboardClient", targets: ["Client"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
        .package(url: "https://github.com/apple/swift-collections", exact: "1.6.0"),
        .package(url: "https://github.com/apple/swift-crypto", exact: "4.5.2"),
        .package(url: "https://github.com/apple/swift-log", exact: "1.16.2"),
        .package(url: "https://github.com/apple/swift-nio", exact: "2.101.2"),
        .package(url: "https://github.com/jpsim/Yams", exact: "6.2.2"),
    ],
    targets: [
        .systemLibrary(
            name: "CLibpq", pkgConfig: "libpq", providers: [.apt(["libpq-dev"]), .brew(["libpq"])]),
        .target(name: "CEL", swiftSettings: settings),
        .target(
            name: "Routing", dependencies: [.product(name: "DequeModule", package: "swift-collections")],
            swiftSettings: settings),
        .target(name: "LineProtocol", swiftSettings: settings),
        .target(
            name: "Plan",
            dependencies: ["CEL", "LineProtocol", "Routing", .product(name: "Yams", package: "Yams")],
            swiftSettings: settings),
        .target(name: "Postgres", dependencies: ["CLibpq"], swiftSettings: settings),
        .target(
            name: "Storage",
            dependencies: [
                "LineProtocol", "Postgres", "Routing",
            ],
            swiftSettings: settings),
        .target(
            name: "Server",
            dependencies: [
                "LineProtocol", "Routing",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "Logging", package: "swift-log"),
            ] + nio,
            swiftSettings: settings),
        .target(name: "Client", dependencies: ["LineProtocol"] + nio, swiftSettings: settings),
        .target(name: "Simulation", dependencies: ["Plan", "Routing"], swiftSettings: settings),
        .executableTarget(
            name: "switchboard",
            dependencies: [
                "Client", "LineProtocol", "Plan", "Routing", "Server", "Simulation", "Storage",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: settings),
        .target(name: "CAllocator", path: "bench/CAllocator"),
        .executableTarget(
            name: "switchboard-bench",
            dependencies: [
                "CAllocator", "Plan", "Postgres", "Routing", "Simulation", "Storage",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            path: "bench/SwitchboardBench", swiftSettings: settings),
        .target(
            name: "TestSupport", dependencies: ["Postgres", "Storage"], path: "Tests/TestSupport",
            swiftSettings: settings),
        // Optimised always: it makes a million lines and looks at what comes of them, which is not what is tested.
        .target(
            name: "FuzzSupport", dependencies: ["LineProtocol"], path: "Tests/FuzzSupport",
            swiftSettings: settings + [.unsafeFlags(["-O"])]),
        .testTarget(name: "ArchitectureTests", swiftSettings: settings),
        .testTarget(name: "CELTests", dependencies: ["CEL"], swiftSettings: settings),
        .testTarget(name: "RoutingTests", dependencies: ["Plan", "Routing", "Simulation"], swiftSettings: settings),
        .testTarget(
            name: "LineProtocolTests", dependencies: ["FuzzSupport", "LineProtocol"], swiftSettings: settings),
        .testTarget(
            name: "PlanTests", dependencies: ["CEL", "LineProtocol", "Plan", "Routing", "Simulation", "TestSupport"],
            swiftSettings: settings),
        .testTarget(name: "PostgresTests", dependencies: ["Postgres", "TestSupport"], swiftSettings: settings),
        .testTarget(
            name: "StorageTests", dependencies: ["Postgres", "Routing", "Simulation", "Storage", "TestSupport"],
            swiftSettings: settings),
        .testTarget(name: "ServerTests", dependencies: ["Routing", "Server"], swiftSettings: settings),
        .testTarget(name: "ClientTests", dependencies: ["Client", "LineProtocol"] + nio, swiftSettings: settings),
        .testTarget(
            name: "SimulationTests", dependencies: ["Plan", "Routing", "Simulation"], swiftSettings: settings),
        .testTarget(
            name: "SwitchboardTests",
            dependencies: [
                "Client", "FuzzSupport", "LineProtocol", "Plan", "Postgres", "Routing", "Server", "Simulation",
                "Storage", "TestSupport",
                "switchboard",
                .product(name: "Logging", package: "swift-log"),
            ],
            exclude: ["Scripts", "Transcripts"],
            swiftSettings: settings),
    ] + (fuzzes ? fuzzTargets : []),
    swiftLanguageModes: [.v6]
)
