// swift-tools-version: 6.2
import PackageDescription

/// Every Swift target is built the same way: Swift 6 mode, strict memory safety as an error, explicit imports.
let settings: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .strictMemorySafety(),
    .treatWarning("StrictMemorySafety", as: .error),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
]

let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let nioCore = Target.Dependency.product(name: "NIOCore", package: "swift-nio")
let nioPosix = Target.Dependency.product(name: "NIOPosix", package: "swift-nio")

func library(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .target(name: name, dependencies: dependencies, swiftSettings: settings)
}

func tests(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .testTarget(name: name, dependencies: ["TestSupport"] + dependencies, swiftSettings: settings)
}

let package = Package(
    name: "wirewatch",
    products: [
        .executable(name: "wirewatch", targets: ["wirewatch"]),
        .executable(name: "wirewatch-web", targets: ["wirewatch-web"]),
        .library(name: "PacketDecode", targets: ["PacketDecode"]),
        .library(name: "PacketCapture", targets: ["PacketCapture"]),
        .library(name: "FlowAnalysis", targets: ["FlowAnalysis"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        // Of wirewatch-web alone. Without its traits it brings no more than an HTTP/1.1 server.
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1", traits: []),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0", traits: []),
        .package(url: "https://github.com/apple/swift-log", from: "1.14.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.0.0"),
    ],
    targets: [
        // C boundaries
        .systemLibrary(
            name: "CPcap", pkgConfig: "libpcap", providers: [.apt(["libpcap-dev"]), .brew(["libpcap"])]),
        .target(name: "CLinux"),
        .target(name: "CMemory"),

        // Bytes to values, and where bytes come from
        library("PacketDecode"),
        library("PacketCapture", ["PacketDecode", "CPcap", "CLinux"]),
        library("FlowAnalysis", ["PacketDecode", "CMemory"]),

        // Traffic of our own
        library("SocketEvents", ["PacketDecode", "CLinux"]),
        library("TrafficBlocking", ["PacketDecode", "SocketEvents", "CLinux"]),
        library("TrafficAsync", ["PacketDecode", "SocketEvents", "CLinux", nioCore, nioPosix]),

        // One timeline, what is staged for it, and how it is shown
        library("Timeline", ["PacketDecode", "FlowAnalysis", "SocketEvents"]),
        .target(
            name: "Lab",
            dependencies: [
                "PacketDecode", "PacketCapture", "FlowAnalysis", "SocketEvents", "TrafficBlocking", "TrafficAsync",
                "Timeline", "CLinux",
            ],
            swiftSettings: settings, plugins: ["LessonList"]),
        .plugin(name: "LessonList", capability: .buildTool(), dependencies: ["lesson-list"]),
        .executableTarget(name: "lesson-list", swiftSettings: settings),
        library("Presentation", ["PacketDecode", "FlowAnalysis", "SocketEvents", "Timeline"]),
        .executableTarget(
            name: "wirewatch",
            dependencies: [
                "PacketDecode", "PacketCapture", "FlowAnalysis", "SocketEvents", "TrafficBlocking", "TrafficAsync",
                "Lab", "Timeline", "Presentation", argumentParser,
            ],
            swiftSettings: settings),

        .executableTarget(
            name: "wirewatch-web",
            dependencies: [
                "SocketEvents", "PacketDecode", "Presentation", argumentParser, nioCore, nioPosix,
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
            ],
            swiftSettings: settings),

        // Tests
        .target(
            name: "TestSupport", dependencies: ["PacketDecode"], path: "Tests/TestSupport", swiftSettings: settings),
        .executableTarget(
            name: "wirewatch-truth",
            dependencies: [
                "PacketDecode", "PacketCapture", "FlowAnalysis", "SocketEvents", "TrafficBlocking", "Lab", "Timeline",
                "TestSupport", argumentParser,
            ],
            path: "Tests/TruthHarness", exclude: ["score", "score-causes", "score-lab", "synthetic-cases"],
            swiftSettings: settings),
        tests("LabTests", ["Lab", "FlowAnalysis", "PacketDecode", "Timeline"]),
        tests("PacketDecodeTests", ["PacketDecode"]),
        tests("PacketCaptureTests", ["PacketCapture", "FlowAnalysis", "PacketDecode"]),
        .testTarget(
            name: "CorpusTests", dependencies: ["TestSupport", "PacketCapture", "PacketDecode"],
            exclude: ["agreement", "disagreements.tsv"], swiftSettings: settings),
        tests("FlowAnalysisTests", ["FlowAnalysis", "PacketDecode"]),
        tests(
            "TrafficTests",
            ["SocketEvents", "TrafficBlocking", "TrafficAsync", "PacketDecode", "CLinux", nioCore, nioPosix]),
        .testTarget(
            name: "OwnershipTests", dependencies: ["TestSupport", "SocketEvents", "TrafficBlocking", "PacketDecode"],
            exclude: ["Fixtures"], swiftSettings: settings),
        tests("TimelineTests", ["Timeline", "FlowAnalysis", "SocketEvents", "PacketDecode"]),
        tests("PresentationTests", ["Presentation", "Timeline", "FlowAnalysis", "SocketEvents", "PacketDecode"]),
        tests("WirewatchTests", ["wirewatch", "wirewatch-truth"]),
        tests("WirewatchWebTests", ["wirewatch-web", "wirewatch"]),
    ]
)
