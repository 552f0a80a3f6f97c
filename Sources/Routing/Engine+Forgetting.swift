// What leaves memory, and what is to be forgotten.

/// A closing of an inquiry. One that is reopened and closed again is another one.
package struct ClosedInquiry: Hashable, Sendable {
    package var id: Int64
    package var closedAt: Instant

    package init(id: Int64, closedAt: Instant) {
        self.id = id
        self.closedAt = closedAt
    }
}

extension Engine {
    /// Whether memory has any inquiry of the customer.
    package func knows(customer: [UInt8]) -> Bool {
        newestInquiry(hash: StableHash.of(customer[...]), customer[...]) != nil
    }

    /// Takes the personal data out of at most `limit` of the customer's inquiries in memory, live or closed, the newest
    /// first: customer, subject, attributes and what was said when rating. They are nobody's from then on; where they
    /// stand, and what was decided by that data, stays. O(log) each.
    mutating func forget(customer: [UInt8], limit: Int) {
        let hash = StableHash.of(customer[...])
        var left = limit
        while left > 0, let slot = newestInquiry(hash: hash, customer[...]) {
            unlinkCustomer(slot)
            inquiries[slot].olderOfCustomer = none
            inquiries[slot].newerOfCustomer = none
            inquiries[slot].texts = InquiryTexts(key: Array(inquiries[slot].texts.key))
            if inquiries[slot].particulars != none { particulars[inquiries[slot].particulars].comment = [] }
            touch(inquiry: slot, definition: true)
            forgottenCount += 1
            left -= 1
        }
    }
}

extension InquiryRow {
    /// Takes the same out of a row.
    package mutating func forgetCustomer() {
        guard let texts = definition?.texts else { return }
        definition?.texts = InquiryTexts(key: Array(texts.key))
        definition?.comment = []
    }
}
