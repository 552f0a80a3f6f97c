/// How much work each agent has, and how many wait in each class.
///
/// Where some classes have fewer agents than they need and others more, the mix of submissions that find an agent and of
/// completions that find an inquiry changes with every pair that is made. So that the engine is measured at the mix at
/// which the reference is, it begins where the bare decision is in the middle of the reference's measurements.
struct BusyFloor {
    var loads: [Int]
    var waiting: [Int]

    /// - Parameter isSettled: after the pairs that the reference makes until then; else as it begins, all agents full.
    static func make(_ world: RoutingWorld, isSettled: Bool) -> BusyFloor {
        var loop = PairLoop(world)
        if isSettled { loop.run(world.size.pairsToSettle) }
        return loop.floor
    }
}
