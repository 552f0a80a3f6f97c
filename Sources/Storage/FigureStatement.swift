import Routing

/// An upsert that adds to what was counted before. Its rows come as arrays, one a column; those of one key are one row.
struct FigureStatement {
    private struct Column {
        var name: String
        var type: String
        /// The greater one stays, where others are added.
        var isMaximum = false
    }

    private let table: String
    /// What a row is found by. `day` comes as days since 1970.
    private let key: [Column]
    private let numbers: [Column]

    static let figures = FigureStatement(
        table: "figure", key: [day, at, queue, channel],
        numbers: Figure.allCases.map { Column(name: $0.name, type: "bigint", isMaximum: $0.isMaximum) })
    static let promises = FigureStatement(
        table: "promise_figure",
        key: [day, at, queue, channel, Column(name: "policy", type: "text"), Column(name: "metric", type: "text")],
        numbers: bigints(["met", "breached", "late", "lateness"])
            + [Column(name: "longest", type: "bigint", isMaximum: true)])
    static let spans = FigureStatement(
        table: "span_figure",
        key: [day, queue, channel, Column(name: "span", type: "text"), Column(name: "bucket", type: "smallint")],
        numbers: bigints(["n"]))
    static let agents = FigureStatement(
        table: "agent_figure", key: [day, at, Column(name: "agent", type: "text")],
        numbers: AgentTally().numbers.enumerated().map { place, number in
            Column(name: number.name, type: place < AgentTally.spanCount ? "bigint" : "integer")
        })

    private static let day = Column(name: "day", type: "integer")
    private static let at = Column(name: "at", type: "timestamptz")
    private static let queue = Column(name: "queue", type: "text")
    private static let channel = Column(name: "channel", type: "text")

    private static func bigints(_ names: [String]) -> [Column] { names.map { Column(name: $0, type: "bigint") } }

    var sql: String {
        let all = key + numbers
        func list(_ columns: [Column], _ text: (Column) -> String) -> String {
            columns.map(text).joined(separator: ", ")
        }
        let arrays = all.enumerated().map { "$\($0.offset + 1)::\($0.element.type)[]" }.joined(separator: ", ")
        let keys = list(key) { $0.name == "day" ? "DATE '1970-01-01' + u.day" : "u.\($0.name)" }
        let sums = list(numbers) { "\($0.isMaximum ? "max" : "sum")(u.\($0.name))::\($0.type)" }
        let changes = list(numbers) {
            $0.isMaximum
                ? "\($0.name) = greatest(f.\($0.name), excluded.\($0.name))"
                : "\($0.name) = f.\($0.name) + excluded.\($0.name)"
        }
        return """
            INSERT INTO switchboard.\(table) AS f (\(list(all, \.name)))
            SELECT \(keys), \(sums)
            FROM unnest(\(arrays)) AS u (\(list(all, \.name)))
            GROUP BY \(list(key) { "u.\($0.name)" })
            ON CONFLICT (\(list(key, \.name))) DO UPDATE SET \(changes)
            """
    }
}
