import Postgres
package import Routing

/// One entry of the event log as it is read back, with what a push of it joins from the inquiry's row.
package struct LogEntry: Hashable, Sendable {
    package var seq: Int64
    package var at: Instant
    /// The type's name; one that a newer version wrote may be unknown here.
    package var type: String
    /// 0 for none.
    package var inquiry: Int64
    /// Empty for none.
    package var agent: String
    /// Empty for none.
    package var queue: String
    /// A compact JSON object; empty for none.
    package var details: [UInt8]
    /// The token that submitted the inquiry; 0 where the event is about none or the row is gone.
    package var source: Int32
    /// Empty where the event is about no inquiry.
    package var channel: String
    /// Of `submitted`, `offered` and `assigned` only; empty for none, as the two that follow.
    package var customer: [UInt8]
    package var subject: [UInt8]
    /// A JSON object.
    package var attributes: [UInt8]

    init(_ row: inout RowReader) {
        seq = row.next().int64
        at = row.nextInstant()
        type = row.next().string
        let inquiry = row.next()
        self.inquiry = inquiry.isNull ? 0 : inquiry.int64
        agent = row.next().stringOrEmpty
        queue = row.next().stringOrEmpty
        details = row.next().array
        let source = row.next()
        self.source = source.isNull ? 0 : source.int32
        channel = row.next().stringOrEmpty
        customer = row.next().array
        subject = row.next().array
        attributes = row.next().array
    }
}
