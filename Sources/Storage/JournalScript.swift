package import Postgres

/// The statements of a store as texts and bytes, for a bench that has another program do the same work.
package enum JournalScript {
    /// What the writing connection is set to.
    package static var session: String { WriterStatement.session }

    /// What is prepared on the writing connection; `encode` tells them by their place.
    package static var statements: [(name: String, sql: String)] {
        JournalStatement.allCases.map { ($0.rawValue, $0.sql) }
    }

    /// What a start reads all live inquiries of a site with.
    package static func inquiries(of site: Int16) -> String { Recovery.inquiries(of: site) }

    /// Calls `body` with the place and the parameters of each statement that the writer would send for the batch, in
    /// order.
    package static func encode(
        _ batch: JournalBatch, of store: OpenedStore, _ body: (Int, borrowing Parameters) throws -> Void
    ) rethrows {
        let term = LeaseTerm(site: store.settings.site, epoch: store.epoch, length: store.settings.lease)
        var rows = JournalRows(batch, term)
        var parameters = Parameters()
        for (place, statement) in JournalStatement.allCases.enumerated() {
            let indices = rows.rows(of: statement)
            if indices.isEmpty && statement != .fence { continue }
            rows.encode(statement, indices, into: &parameters)
            try body(place, parameters)
        }
    }
}
