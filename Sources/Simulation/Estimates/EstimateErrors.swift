/// How far the estimates of a group of quotes were off. Seconds.
package struct EstimateErrors: Hashable, Sendable {
    package struct Errors: Hashable, Sendable {
        /// Of |estimate − actual|.
        package var mean: Double
        package var percentile90: Double
        /// Mean of estimate − actual.
        package var bias: Double
    }

    /// Who had to wait.
    package let waited: Int
    /// Of those, who gave up: left out, since how long they would have waited is unknown.
    package let gaveUp: Int
    /// Accepted, and something could be told by every estimator: what the errors are of.
    package let compared: Int
    package let meanWait: Double
    package let errors: [WaitEstimator: Errors]
    /// To how many something could be told.
    package let told: [WaitEstimator: Int]

    package init(_ quotes: [WaitQuote]) {
        waited = quotes.count
        gaveUp = quotes.count { $0.actual == nil }
        told = Dictionary(
            uniqueKeysWithValues: WaitEstimator.allCases.map { estimator in
                (estimator, quotes.count { $0.estimates[estimator] != nil })
            })
        let usable = quotes.filter { $0.actual != nil && $0.estimates.count == WaitEstimator.allCases.count }
        compared = usable.count
        meanWait = usable.isEmpty ? 0 : usable.reduce(0) { $0 + Double($1.actual ?? 0) } / Double(usable.count) / 1e6
        var errors: [WaitEstimator: Errors] = [:]
        for estimator in WaitEstimator.allCases where !usable.isEmpty {
            let off = usable.map { Double(($0.estimates[estimator] ?? 0) - ($0.actual ?? 0)) / 1e6 }
            let sorted = off.map(abs).sorted()
            errors[estimator] = Errors(
                mean: sorted.reduce(0, +) / Double(sorted.count),
                percentile90: sorted[(sorted.count * 90 + 99) / 100 - 1],
                bias: off.reduce(0, +) / Double(off.count))
        }
        self.errors = errors
    }

    /// A table with a row for each group: `mean / p90 / bias` of each estimator, in whole seconds.
    package static func table(_ groups: [(name: String, errors: EstimateErrors)]) -> [String] {
        var columns: [TextTable.Column] = [
            .init("load"), .init("waited", .right), .init("gave up", .right), .init("mean wait", .right),
        ]
        columns += WaitEstimator.allCases.map { .init($0.name, .right) }
        var table = TextTable(columns)
        for (name, group) in groups {
            let cells = WaitEstimator.allCases.map { group.errors[$0].map(cell) ?? "-" }
            table.add([name, "\(group.waited)", "\(group.gaveUp)", whole(group.meanWait)] + cells)
        }
        let waited = groups.reduce(0) { $0 + $1.errors.waited }
        table.add(
            ["could tell", "", "", ""]
                + WaitEstimator.allCases.map { estimator in
                    let told = groups.reduce(0) { $0 + ($1.errors.told[estimator] ?? 0) }
                    return waited == 0 ? "-" : Numbers.percent(Double(told) / Double(waited))
                })
        return table.lines
    }

    private static func cell(_ errors: Errors) -> String {
        let bias = whole(errors.bias)
        return "\(whole(errors.mean)) / \(whole(errors.percentile90)) / \(errors.bias >= 0.5 ? "+" : "")\(bias)"
    }

    private static func whole(_ value: Double) -> String { Numbers.decimal(value, places: 0) }
}
