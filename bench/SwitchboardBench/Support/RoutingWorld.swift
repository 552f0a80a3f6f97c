/// Who can do what, and what is asked for: drawn as the reference program draws it, from the same seed.
///
/// Skills come in groups of 25, one a team. A profile has ten, four fifths of them of its team, and one to three of five
/// channels; a requirement class asks for one or two skills of one team on a channel, and somebody can serve it.
struct RoutingWorld {
    static let channelCount = 5
    private static let skillsPerProfile = 10
    private static let skillsPerTeam = 25

    struct Requirement {
        var channel: Int
        var first: Int
        /// Equal to `first` where one skill is asked for.
        var second: Int
    }

    let size: BenchSize
    private(set) var skills: [[Int]] = []
    private(set) var channels: [UInt32] = []
    private(set) var requirements: [Requirement] = []
    /// By class the profiles that can serve it, by profile the classes that it can serve.
    private(set) var able: ContiguousArray<ContiguousArray<UInt32>> = []
    private(set) var open: ContiguousArray<ContiguousArray<UInt32>> = []
    /// Goes on where the drawing stopped.
    var random = XorShift()

    init(_ size: BenchSize) {
        self.size = size
        let has = drawProfiles()
        drawRequirements(has)
        connect(has)
    }

    /// Draws skills and channels of the profiles. Returns which profile has which skill, by profile × skills + skill.
    private mutating func drawProfiles() -> [Bool] {
        let groups = max(1, size.skills / Self.skillsPerTeam)
        teams = []
        var has = [Bool](repeating: false, count: size.profiles * size.skills)
        for profile in 0..<size.profiles {
            let team = random.below(groups)
            teams.append(team)
            var count = 0
            while count < Self.skillsPerProfile {
                let skill =
                    random.next() % 5 != 0
                    ? team * Self.skillsPerTeam + random.below(min(Self.skillsPerTeam, size.skills))
                    : random.below(size.skills)
                if has[profile * size.skills + skill] { continue }
                has[profile * size.skills + skill] = true
                count += 1
            }
            skills.append((0..<size.skills).filter { has[profile * size.skills + $0] })
        }
        for _ in 0..<size.profiles {
            let drawn = (0..<3).map { _ in UInt32(1) << UInt32(random.below(Self.channelCount)) }
            channels.append(drawn[0] | drawn[1] | drawn[2])
        }
        return has
    }

    private var teams: [Int] = []

    private mutating func drawRequirements(_ has: [Bool]) {
        let groups = max(1, size.skills / Self.skillsPerTeam)
        var members = [[Int]](repeating: [], count: groups)
        for (profile, team) in teams.enumerated() { members[team].append(profile) }
        var seen = Set<Int>()
        while requirements.count < size.classes {
            let team = random.below(groups)
            let base = team * Self.skillsPerTeam
            let width = min(Self.skillsPerTeam, size.skills)
            var first = base + random.below(width)
            var second = random.next() % 5 != 0 ? base + random.below(width) : first
            if first > second { swap(&first, &second) }
            let channel = random.below(Self.channelCount)
            let isServed = members[team].contains { profile in
                channels[profile] >> UInt32(channel) & 1 == 1 && has[profile * size.skills + first]
                    && has[profile * size.skills + second]
            }
            guard isServed, seen.insert(channel << 40 | first << 20 | second).inserted else { continue }
            requirements.append(Requirement(channel: channel, first: first, second: second))
        }
    }

    private mutating func connect(_ has: [Bool]) {
        able = ContiguousArray(repeating: [], count: requirements.count)
        open = ContiguousArray(repeating: [], count: size.profiles)
        for (number, requirement) in requirements.enumerated() {
            for profile in 0..<size.profiles
            where channels[profile] >> UInt32(requirement.channel) & 1 == 1
                && has[profile * size.skills + requirement.first] && has[profile * size.skills + requirement.second]
            {
                able[number].append(UInt32(profile))
                open[profile].append(UInt32(number))
            }
        }
    }
}
