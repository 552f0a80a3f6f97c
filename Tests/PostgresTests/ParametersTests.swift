import Postgres
import Testing

@Suite struct ParametersTests {
    @Test("scalars come back as they were sent")
    func scalars() async throws {
        try await withDatabase { connection, _ throws in
            var parameters = Parameters()
            parameters.add(Int64.min)
            parameters.add(Int32(-7))
            parameters.add(Int16.max)
            parameters.add("한국어 \"'\\")
            parameters.add(true)
            parameters.add(0.25)
            parameters.add(timestamp: 1_772_409_600_123_456)
            parameters.addNull()
            parameters.add("")
            parameters.add(interval: 4_000_001)
            let result = try connection.query(
                """
                SELECT $1::bigint, $2::integer, $3::smallint, $4::text, $5::boolean, $6::double precision,
                    $7::timestamptz, $8::text, $9::text, ($10::interval)::text,
                    $7::timestamptz = '2026-03-02 00:00:00.123456+00'
                """, parameters)
            var row = result.row(0)
            #expect(row.next().int64 == .min)
            #expect(row.next().int32 == -7)
            #expect(row.next().int16 == .max)
            #expect(row.next().string == "한국어 \"'\\")
            #expect(row.next().bool)
            #expect(row.next().double == 0.25)
            #expect(row.next().microseconds == 1_772_409_600_123_456)
            let null = row.next()
            #expect(null.isNull && null.stringOrEmpty.isEmpty && null.array.isEmpty)
            let empty = row.next()
            #expect(!empty.isNull && empty.string.isEmpty)
            #expect(row.next().string == "00:00:04.000001")
            #expect(row.next().bool)
        }
    }

    @Test("arrays of every type come back element by element, with nulls and Korean text")
    func arrays() async throws {
        try await withDatabase { connection, _ throws in
            var parameters = Parameters()
            parameters.column(.bigint, [{ $0.append(Int64.max) }, { $0.appendNull() }])
            parameters.column(.integer, [{ $0.append(Int32.min) }, { $0.append(Int32(5)) }])
            parameters.column(.smallint, [{ $0.append(Int16(-1)) }, { $0.appendNull() }])
            parameters.column(.text, [{ $0.append("상담원 김") }, { $0.append("") }])
            parameters.column(.timestamptz, [{ $0.append(timestamp: -1) }, { $0.appendNull() }])
            parameters.column(.bool, [{ $0.append(true) }, { $0.append(false) }])
            parameters.column(.bytea, [{ $0.append(bytes: [0, 255]) }, { $0.append(high: 1, low: 2) }])
            parameters.column(.uuid, [{ $0.append(high: .max, low: 7) }, { $0.appendNull() }])
            parameters.column(.json, [{ $0.append(bytes: Array(#"{"b":1, "a":"값"}"#.utf8)) }, { $0.appendNull() }])
            parameters.column(.jsonb, [{ $0.append(jsonb: Array(#"{"b":1}"#.utf8)) }, { $0.appendNull() }])
            let result = try connection.query(
                """
                SELECT u.* FROM unnest($1::bigint[], $2::integer[], $3::smallint[], $4::text[], $5::timestamptz[],
                    $6::boolean[], $7::bytea[], $8::uuid[], $9::json[], $10::jsonb[]) AS u
                """, parameters)
            #expect(result.rowCount == 2)
            var row = result.row(0)
            #expect(row.next().int64 == .max)
            #expect(row.next().int32 == .min)
            #expect(row.next().int16 == -1)
            #expect(row.next().string == "상담원 김")
            #expect(row.next().microseconds == -1)
            #expect(row.next().bool)
            #expect(row.next().array == [0, 255])
            #expect(row.next().words == (.max, 7))
            #expect(row.next().string == #"{"b":1, "a":"값"}"#)
            #expect(row.next().array == [1] + Array(#"{"b": 1}"#.utf8))
            var second = result.row(1)
            #expect(second.next().isNull)
            #expect(second.next().int32 == 5)
            #expect(second.next().isNull)
            #expect(second.next().string.isEmpty)
            #expect(second.next().optionalMicroseconds == nil)
            #expect(!second.next().bool)
            #expect(second.next().words == (1, 2))
            for _ in 0..<3 { #expect(second.next().isNull) }
        }
    }

    @Test("text arrays are read back, empty ones too")
    func textArrays() async throws {
        try await withDatabase { connection, _ throws in
            var parameters = Parameters()
            parameters.column(.text, [{ $0.append("가") }, { $0.append("b,\"c\"") }])
            parameters.column(.text, [])
            let result = try connection.query("SELECT $1::text[], $2::text[], cardinality($2::text[])", parameters)
            #expect(result.field(0, 0).strings == ["가", "b,\"c\""])
            #expect(result.field(0, 1).strings.isEmpty)
            #expect(result.field(0, 2).int32 == 0)
        }
    }

    @Test("a column of nulls only is sent empty and still unnests to nulls")
    func nullColumn() async throws {
        try await withDatabase { connection, _ throws in
            var parameters = Parameters()
            parameters.column(.bigint, [{ $0.append(Int64(1)) }, { $0.append(Int64(2)) }])
            parameters.openArray(of: .text)
            parameters.appendNull()
            parameters.appendNull()
            parameters.closeColumn()
            let result = try connection.query(
                "SELECT cardinality($2::text[]), u.* FROM unnest($1::bigint[], $2::text[]) AS u", parameters)
            #expect(result.rowCount == 2)
            #expect(result.field(1, 0).int32 == 0)
            #expect(result.field(1, 1).int64 == 2)
            #expect(result.field(1, 2).isNull)
        }
    }

    @Test("a buffer is used again without leftovers")
    func reuse() async throws {
        try await withDatabase { connection, _ throws in
            var parameters = Parameters()
            for round in 1...3 {
                parameters.removeAll()
                parameters.column(.bigint, (0..<round).map { value in { $0.append(Int64(value)) } })
                let result = try connection.query("SELECT cardinality($1::bigint[])", parameters)
                #expect(result.field(0, 0).int32 == Int32(round))
                #expect(parameters.count == 1)
            }
        }
    }
}

extension Parameters {
    fileprivate mutating func column(_ type: ElementType, _ elements: [(inout Parameters) -> Void]) {
        openArray(of: type)
        for element in elements { element(&self) }
        closeArray()
    }
}
