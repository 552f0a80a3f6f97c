/// Least rank first, then the lower id.
struct PairKey: Comparable {
    var rank: Int64
    var id: Int64

    static let never = PairKey(rank: .max, id: .max)

    @inline(__always)
    static func < (left: PairKey, right: PairKey) -> Bool {
        left.rank < right.rank || (left.rank == right.rank && left.id < right.id)
    }
}

/// The bare decision, step by step as the reference program makes it (its `lists` rows, with backlog), but with the
/// engine's own containers: no records, no timers, no events. Where the reference has a plain heap, this has one that
/// can also give up any of its items.
struct PairLoop: ~Copyable {
    private static let nobody = UInt32.max
    private static let capacity: Int32 = 3

    private let able: ContiguousArray<ContiguousArray<UInt32>>
    private let open: ContiguousArray<ContiguousArray<UInt32>>
    private var random: XorShift

    private var waiting = Table<IndexedHeap<PairKey>>()
    private var heads: ContiguousArray<PairKey>
    private var positions = HeapPositions()
    private var freeItems: ContiguousArray<UInt32> = []
    private var itemCount = 0

    /// Of each agent: its profile, its work, and the one behind it among the idle of its profile.
    private let profiles: ContiguousArray<UInt32>
    private var loads: ContiguousArray<Int32>
    private var followers: ContiguousArray<UInt32>
    private var idleSince: ContiguousArray<UInt64>
    /// Of each profile: its first and last idle agent, and since when the first is.
    private var firstIdle: ContiguousArray<UInt32>
    private var lastIdle: ContiguousArray<UInt32>
    private var idleHeads: ContiguousArray<UInt64>
    /// The agent of each piece of work.
    private var busy: ContiguousArray<UInt32> = []
    private var clock: UInt64 = 1
    private var sequence: Int64 = 1
    private(set) var submitMatches = 0
    private(set) var completeMatches = 0

    init(_ world: RoutingWorld) {
        able = world.able
        open = world.open
        random = world.random
        let size = world.size
        for _ in world.requirements { waiting.append(IndexedHeap()) }
        heads = ContiguousArray(repeating: .never, count: world.requirements.count)
        profiles = ContiguousArray((0..<size.agents).map { UInt32($0 % size.profiles) })
        loads = ContiguousArray(repeating: Self.capacity, count: size.agents)
        followers = ContiguousArray(repeating: Self.nobody, count: size.agents)
        idleSince = ContiguousArray(repeating: 0, count: size.agents)
        firstIdle = ContiguousArray(repeating: Self.nobody, count: size.profiles)
        lastIdle = ContiguousArray(repeating: Self.nobody, count: size.profiles)
        idleHeads = ContiguousArray(repeating: .max, count: size.profiles)
        busy.reserveCapacity(size.agents * Int(Self.capacity) + size.waiting)
        for agent in 0..<UInt32(size.agents) {
            for _ in 0..<Self.capacity { busy.append(agent) }
        }
        for _ in 0..<size.waiting { enqueue(random.below(waiting.count)) }
    }

    /// How many wait.
    var backlog: Int { itemCount - freeItems.count }

    /// Who has how much work and how many wait in which class, for the engine to begin with.
    var floor: BusyFloor {
        BusyFloor(loads: loads.map(Int.init), waiting: waiting.indices.map { waiting[$0].count })
    }

    /// Makes so many pairs of a submission and a completion.
    @inline(never)
    mutating func run(_ pairs: Int) {
        for _ in 0..<pairs {
            let requirement = random.below(waiting.count)
            let agent = takeBusy()
            submit(requirement)
            complete(agent)
        }
    }

    mutating func resetMatches() {
        submitMatches = 0
        completeMatches = 0
    }

    @inline(__always)
    private mutating func submit(_ requirement: Int) {
        var best = UInt64.max
        var bestProfile = Self.nobody
        for profile in able[requirement] where idleHeads[Int(profile)] < best {
            best = idleHeads[Int(profile)]
            bestProfile = profile
        }
        guard bestProfile != Self.nobody else { return enqueue(requirement) }
        submitMatches += 1
        let agent = takeIdle(Int(bestProfile))
        busy.append(agent)
        loads[Int(agent)] += 1
        if loads[Int(agent)] < Self.capacity { addIdle(agent) }
    }

    @inline(__always)
    private mutating func complete(_ agent: UInt32) {
        loads[Int(agent)] -= 1
        var best = PairKey.never
        var bestClass = Self.nobody
        for requirement in open[Int(profiles[Int(agent)])] where heads[Int(requirement)] < best {
            best = heads[Int(requirement)]
            bestClass = requirement
        }
        guard bestClass != Self.nobody else {
            if loads[Int(agent)] == Self.capacity - 1 { addIdle(agent) }
            return
        }
        completeMatches += 1
        dequeue(Int(bestClass))
        loads[Int(agent)] += 1
        busy.append(agent)
    }

    @inline(__always)
    private mutating func enqueue(_ requirement: Int) {
        let priority = Int64(random.next() % 10)
        let deadline = Int64(clock) + Int64(random.next() % 100_000)
        let item: UInt32
        if let free = freeItems.popLast() {
            item = free
        } else {
            item = UInt32(itemCount)
            itemCount += 1
            positions.grow(to: itemCount)
        }
        waiting[requirement].insert(
            PairKey(rank: priority << 56 | deadline, id: sequence), item: item, positions: &positions)
        sequence += 1
        heads[requirement] = waiting[requirement].head?.key ?? .never
    }

    @inline(__always)
    private mutating func dequeue(_ requirement: Int) {
        guard let head = waiting[requirement].head else { preconditionFailure("a class with a head has one waiting") }
        waiting[requirement].remove(item: head.item, positions: &positions)
        freeItems.append(head.item)
        heads[requirement] = waiting[requirement].head?.key ?? .never
    }

    @inline(__always)
    private mutating func takeBusy() -> UInt32 {
        let place = random.below(busy.count)
        let agent = busy[place]
        let last = busy.removeLast()
        if place < busy.count { busy[place] = last }
        return agent
    }

    @inline(__always)
    private mutating func addIdle(_ agent: UInt32) {
        let profile = Int(profiles[Int(agent)])
        followers[Int(agent)] = Self.nobody
        idleSince[Int(agent)] = clock
        clock += 1
        if firstIdle[profile] == Self.nobody {
            firstIdle[profile] = agent
            idleHeads[profile] = idleSince[Int(agent)]
        } else {
            followers[Int(lastIdle[profile])] = agent
        }
        lastIdle[profile] = agent
    }

    @inline(__always)
    private mutating func takeIdle(_ profile: Int) -> UInt32 {
        let agent = firstIdle[profile]
        let next = followers[Int(agent)]
        firstIdle[profile] = next
        idleHeads[profile] = next == Self.nobody ? .max : idleSince[Int(next)]
        return agent
    }
}
