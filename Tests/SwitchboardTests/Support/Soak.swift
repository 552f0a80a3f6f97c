import Foundation
import Simulation
import TestSupport

/// How much of the tests that could go on for ever is run: a little by default, more where the environment says so.
enum Soak {
    /// Rounds of `BoundaryTests`, each with a seed of its own that decides everything in it. `SWITCHBOARD_SOAK_ROUNDS`
    /// says how many, `SWITCHBOARD_SOAK_SEED` with which the first begins; a round that failed is repeated by its seed
    /// and one round.
    static let seeds: [UInt64] = (0..<number("ROUNDS", or: 20)).map { UInt64(number("SEED", or: 1) + $0) }

    /// Take-overs of `StandbyTests`: `SWITCHBOARD_SOAK_TAKEOVERS`.
    static let takeovers = number("TAKEOVERS", or: 4)
    /// Whether times are checked as strictly as on a machine that does nothing else.
    static let isLong = takeovers > 4

    /// Inquiries that wait in `PlanKillTests` while a plan comes into force: `SWITCHBOARD_SOAK_WAITING`.
    static let waiting = number("WAITING", or: 3_000)

    private static func number(_ name: String, or usual: Int) -> Int {
        ProcessInfo.processInfo.environment["SWITCHBOARD_SOAK_\(name)"].flatMap { Int($0) } ?? usual
    }
}

/// What is done to a daemon at a boundary, decided by a seed alone.
struct Blow: CustomStringConvertible {
    /// Whether the daemon is killed; else only its connection is harmed.
    let kills: Bool
    let point: PostgresProxy.Point
    let harm: PostgresProxy.Harm
    let batch: Int
    let part: Double
    /// What is done to the first batch after that, where anything is: as often as not the same one, sent again.
    let second: (point: PostgresProxy.Point, harm: PostgresProxy.Harm)?

    private static let kinds: [(kills: Bool, harm: PostgresProxy.Harm)] = [
        (true, .cut), (false, .cut), (true, .strand), (false, .strand), (false, .silence), (false, .delay(.zero)),
    ]

    /// Over 42 seeds in a row each point meets each harm; what else there is to choose is random.
    init(seed: UInt64, random: inout SplitMix64) {
        let kind = Self.kinds[Int(seed % UInt64(Self.kinds.count))]
        let points = PostgresProxy.Point.allCases
        kills = kind.kills
        point = points[Int(seed % UInt64(points.count))]
        batch = Int.random(in: 1...60, using: &random)
        part = random.unit()
        if case .delay = kind.harm {
            harm = .delay(.milliseconds(Int.random(in: 50...2_500, using: &random)))
        } else {
            harm = kind.harm
        }
        let again = points[Int.random(in: 0..<points.count, using: &random)]
        second = random.chance(0.3) ? (again, random.chance(0.5) ? .cut : .strand) : nil
    }

    var count: Int { second == nil ? 1 : 2 }

    /// Arms the proxy with it.
    func arm(_ proxy: PostgresProxy, _ action: @escaping @Sendable () -> Void) {
        let next = second.map { PostgresProxy.Fault(batch: 1, point: $0.point, harm: $0.harm, part: part) }
        let fault = PostgresProxy.Fault(batch: batch, point: point, harm: harm, part: part) {
            if let next { proxy.arm(next) }
            action()
        }
        proxy.arm(fault)
    }

    var description: String {
        let next = second.map { ", then \($0.harm) at \($0.point)" } ?? ""
        return "\(kills ? "kill -9 and " : "")\(harm) at \(point) of batch \(batch)\(next), part \(part)"
    }
}
