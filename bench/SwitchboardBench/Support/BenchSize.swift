import ArgumentParser

/// How large the floor is that is routed for: the three sizes at which everything is compared.
struct BenchSize: ExpressibleByArgument, CaseIterable, CustomStringConvertible {
    let name: String
    let agents: Int
    let skills: Int
    let waiting: Int
    let classes: Int
    let profiles: Int

    static let small = BenchSize(name: "1k", agents: 1_000, skills: 50, waiting: 10_000, classes: 200, profiles: 100)
    static let medium = BenchSize(
        name: "10k", agents: 10_000, skills: 500, waiting: 100_000, classes: 2_000, profiles: 1_000)
    static let large = BenchSize(
        name: "100k", agents: 100_000, skills: 2_000, waiting: 1_000_000, classes: 20_000, profiles: 5_000)

    static let allCases = [small, medium, large]
    static var allValueStrings: [String] { allCases.map(\.name) }

    init?(argument: String) {
        guard let size = Self.allCases.first(where: { $0.name == argument }) else { return nil }
        self = size
    }

    private init(name: String, agents: Int, skills: Int, waiting: Int, classes: Int, profiles: Int) {
        self.name = name
        self.agents = agents
        self.skills = skills
        self.waiting = waiting
        self.classes = classes
        self.profiles = profiles
    }

    /// About what the reference makes in two seconds: half of its warm-up and measurements.
    var pairsToSettle: Int {
        switch waiting {
        case ...10_000: 30_000_000
        case ...100_000: 10_000_000
        default: 3_000_000
        }
    }

    var description: String { name }
    var defaultValueDescription: String { name }

    var words: String {
        "\(agents) agents, \(skills) skills, \(waiting) waiting, \(classes) classes, \(profiles) profiles"
    }
}
