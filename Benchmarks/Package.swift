// swift-tools-version: 6.2
import PackageDescription

// A package of its own, so that users of wirewatch never build it. README.md says how to run it.

let settings: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .strictMemorySafety(),
    .treatWarning("StrictMemorySafety", as: .error),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
]

func wirewatch(_ product: String) -> Target.Dependency { .product(name: product, package: "wirewatch") }

let package = Package(
    name: "wirewatch-benchmarks",
    dependencies: [.package(name: "wirewatch", path: "..")],
    targets: [
        // Counts what malloc and its kin are called for, by standing in their place.
        .target(name: "CAllocationCounter"),
        // What wirewatch is measured against: a loop over pcap_next_ex in C that does nothing else.
        .target(name: "CPcapLoop", linkerSettings: [.linkedLibrary("pcap")]),
        // Frames of made-up traffic, the same for the same seed.
        .target(name: "TrafficMix", dependencies: [wirewatch("PacketDecode")], swiftSettings: settings),
        .executableTarget(
            name: "benchmarks",
            dependencies: [
                "CAllocationCounter", "CPcapLoop", "TrafficMix", wirewatch("PacketDecode"), wirewatch("PacketCapture"),
                wirewatch("FlowAnalysis"),
            ],
            swiftSettings: settings),
    ]
)

// Links only with libFuzzer, which `-sanitize=fuzzer` brings: it is there when asked for.
if Context.environment["WIREWATCH_FUZZ"] != nil {
    package.targets += [
        .target(name: "CFuzzer"),
        .executableTarget(
            name: "fuzz-decode", dependencies: ["CFuzzer", wirewatch("PacketDecode"), wirewatch("FlowAnalysis")],
            swiftSettings: settings + [.unsafeFlags(["-sanitize=fuzzer,address", "-parse-as-library"])],
            linkerSettings: [.unsafeFlags(["-sanitize=fuzzer,address"])]),
    ]
}
