import Foundation
import Testing

@testable import Routing

/// Random worlds for as long as one likes. Without one of the variables it does nothing.
///
/// - `SWITCHBOARD_SOAK_SEED=17`: that seed again, as the report of a failure says.
/// - `SWITCHBOARD_SOAK_SEEDS=1..999,1000001..1000999,2000001..2000999`: all of those: plain worlds, eventful ones, and
///   ones in which other plans come into force.
/// - `SWITCHBOARD_SOAK_STEPS=20000`: so many steps a seed; 1,500 unless said otherwise.
///
/// Fast: `SWITCHBOARD_SOAK_SEEDS=1..1000 swift test -c release -Xswiftc -enable-testing --disable-xctest --filter Soak`.
@Suite("Soak", .serialized)
struct SoakTests {
    private static func asked(_ name: String) -> String? { ProcessInfo.processInfo.environment[name] }

    static let steps = asked("SWITCHBOARD_SOAK_STEPS").flatMap { Int($0) } ?? 1_500

    static let seeds: [UInt64] = {
        if let seed = asked("SWITCHBOARD_SOAK_SEED").flatMap({ UInt64($0) }) { return [seed] }
        return (asked("SWITCHBOARD_SOAK_SEEDS") ?? "").components(separatedBy: ",").flatMap { range -> [UInt64] in
            let ends = range.components(separatedBy: "..").compactMap { UInt64($0) }
            guard ends.count == 2, ends[0] <= ends[1] else { return [] }
            return Array(ends[0]...ends[1])
        }
    }()

    @Test("a seed of a long run breaks no rule", .enabled(if: !seeds.isEmpty), arguments: seeds)
    func soak(seed: UInt64) throws {
        var world = RandomWorld(seed: seed)
        let faults = try world.run(Self.steps)
        #expect(faults.isEmpty, "\(world.report(faults))")
    }
}
