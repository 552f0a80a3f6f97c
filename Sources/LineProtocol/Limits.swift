/// The limits of the line protocol, one name each. PROTOCOL §1 and DESIGN §4 are where the numbers come from; those
/// that neither gives keep a value far under what one push of 1 MiB can carry.
package enum Limits {
    /// A request line of anybody but an admin, its terminator included.
    package static let lineBytes = 65_536
    /// A request line of an admin: plans travel in one line.
    package static let adminLineBytes = 4 * 1_048_576
    /// `#` and 1…64 characters.
    package static let tagBytes = 65
    /// A tag and the space behind it: what of an unreadable line is searched for a tag.
    package static let tagPrefixBytes = 66

    package static let nameBytes = 64
    package static let keyBytes = 200
    package static let customerBytes = 200
    package static let tokenBytes = 200
    package static let labelBytes = 200
    package static let subjectBytes = 1_000
    package static let commentBytes = 1_000
    /// Attributes as compact JSON with every number written out, which is how `jsonb` gives them back.
    package static let attributesBytes = 65_536

    package static let jsonDepth = 32
    /// Both are far inside what PostgreSQL's `numeric` takes (131,072 digits before the point, 16,383 after it).
    package static let jsonNumberDigits = 1_000
    package static let jsonNumberExponent = 1_000

    package static let priority: ClosedRange<Int64> = -100...100
    package static let level: ClosedRange<Int64> = 1...10
    package static let capacity: ClosedRange<Int64> = 1...10_000
    package static let channelLimit: ClosedRange<Int64> = 1...1_000
    package static let pageRows: ClosedRange<Int64> = 1...1_000
    /// What a customer may say of how content they are, and of whether they would recommend.
    package static let csat: ClosedRange<Int64> = 1...5
    package static let nps: ClosedRange<Int64> = 0...10
    package static let requiredSkills: Int64 = 16
    package static let agentSkills: Int64 = 64
    package static let channels: Int64 = 16
    package static let listItems: Int64 = 64

    /// What a skill without a level means where it is required, and where an agent has it.
    package static let requiredLevelDefault: UInt8 = 1
    package static let agentLevelDefault: UInt8 = 5

    /// How long an inquiry can be held for a preferred agent: 30 days, in microseconds.
    package static let holdMicroseconds: ClosedRange<Int64> = 0...30 * 86_400 * 1_000_000

    /// 100 years: no sum of a wire duration and a wire instant leaves Int64 microseconds.
    package static let durationMicroseconds: Int64 = 36_500 * 86_400 * 1_000_000
}
