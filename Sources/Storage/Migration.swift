/// One file of the schema. It is applied once, in its own transaction, and never changed afterwards.
struct Migration: Sendable {
    /// From 1, without gaps.
    let number: Int32
    let name: String
    let sql: String
}
