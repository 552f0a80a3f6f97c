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
    }

    func fault(_ action: @escaping @Sendable () -> Void) -> PostgresProxy.Fault {
        PostgresProxy.Fault(batch: batch, point: point, harm: harm, part: part, action: action)
    }

    var description: String { "\(kills ? "kill -9 and " : "")\(harm) at \(point) of batch \(batch), part \(part)" }
}
