import CLibpq

/// What a statement returned; frees its memory when it goes.
package struct QueryResult: ~Copyable {
    private let handle: OpaquePointer

    init(_ handle: OpaquePointer) { self.handle = handle }

    deinit { PQclear(handle) }

    package var rowCount: Int { Int(PQntuples(handle)) }

    /// Rows that an INSERT, UPDATE or DELETE changed; 0 for anything else.
    package var changedRows: Int { PQcmdTuples(handle).flatMap { Int(String(cString: $0)) } ?? 0 }

    /// A row of a binary result.
    package func row(_ index: Int) -> RowReader {
        precondition(index < rowCount, "row \(index) of \(rowCount)")
        return RowReader(result: handle, row: index)
    }

    /// A value of a binary result.
    package func field(_ row: Int, _ column: Int) -> Field {
        precondition(row < rowCount && column < Int(PQnfields(handle)), "no such field")
        return Field(bytes: resultBytes(handle, Int32(row), Int32(column)))
    }

    /// A value of a text result; nil for NULL.
    package func text(_ row: Int, _ column: Int) -> String? {
        precondition(row < rowCount && column < Int(PQnfields(handle)), "no such field")
        return resultBytes(handle, Int32(row), Int32(column)).map { String(decoding: $0, as: UTF8.self) }
    }

    var status: ExecStatusType { PQresultStatus(handle) }

    /// nil where the statement succeeded.
    var error: PostgresError? {
        switch status {
        case PGRES_COMMAND_OK, PGRES_TUPLES_OK, PGRES_SINGLE_TUPLE, PGRES_COPY_OUT, PGRES_COPY_IN, PGRES_EMPTY_QUERY,
            PGRES_PIPELINE_SYNC, PGRES_PIPELINE_ABORTED:
            return nil
        default:
            break
        }
        let message = errorField("M") ?? String(cString: PQresultErrorMessage(handle)).trimmed
        // Without a SQLSTATE it is libpq that speaks: the connection is lost.
        guard let sqlState = errorField("C") else { return .connectionFailure(message) }
        var error = PostgresError(sqlState: sqlState, severity: errorField("V") ?? "ERROR", message: message)
        error.detail = errorField("D")
        error.hint = errorField("H")
        error.table = errorField("t")
        error.column = errorField("c")
        error.constraint = errorField("n")
        return error
    }

    /// Source: the field codes of PostgreSQL's documentation, "Error and Notice Message Fields".
    private func errorField(_ code: Unicode.Scalar) -> String? {
        PQresultErrorField(handle, Int32(code.value)).map { String(cString: $0) }
    }
}

extension String {
    /// Without the line breaks that libpq ends its messages with.
    var trimmed: String {
        var text = Substring(self)
        while let last = text.last, last.isNewline || last == " " { text.removeLast() }
        return String(text)
    }
}
