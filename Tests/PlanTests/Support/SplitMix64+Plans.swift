import Simulation

extension SplitMix64 {
    mutating func int(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &self) }

    /// True once in so many times.
    mutating func once(in times: Int) -> Bool { int(1...times) == 1 }

    /// Some of the items, in their order.
    mutating func some<Item>(_ items: [Item]) -> [Item] { items.filter { _ in once(in: 2) } }
}
