import Foundation

/// A small seeded generator: the same seed gives the same day on every machine.
///
/// Source: Steele, Lea, Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014.
package struct SplitMix64: RandomNumberGenerator, Sendable {
    private var state: UInt64

    package init(seed: UInt64) {
        state = seed
    }

    package mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// Uniform in the open interval (0, 1): 53 bits, moved by half a step so that its logarithm is finite.
    package mutating func unit() -> Double {
        (Double(next() >> 11) + 0.5) * 0x1p-53
    }

    /// True with the given probability.
    package mutating func chance(_ probability: Double) -> Bool {
        unit() < probability
    }

    /// Exponential with the given mean.
    package mutating func exponential(mean: Double) -> Double {
        -mean * log(unit())
    }

    /// Lognormal: `exp(mu + sigma × Z)`; its median is `exp(mu)`, its mean `exp(mu + sigma²/2)`.
    package mutating func lognormal(mu: Double, sigma: Double) -> Double {
        let radius = (-2 * log(unit())).squareRoot()
        let angle = 2 * Double.pi * unit()
        return exp(mu + sigma * radius * cos(angle))
    }

    /// One of `items`, each as likely as the next; `items` must not be empty.
    package mutating func pick<Item>(_ items: [Item]) -> Item {
        items[Int(next() % UInt64(items.count))]
    }

    /// The index of one of `weights`, drawn by weight; the weights must not be all zero.
    package mutating func index(weights: [Double]) -> Int {
        var rest = unit() * weights.reduce(0, +)
        for (index, weight) in weights.enumerated() {
            rest -= weight
            if rest < 0 { return index }
        }
        return weights.count - 1
    }
}
