import CEL
import Foundation
import Testing

@Suite("values")
struct ValueTests {
    @Test(
        "values are printed as JSON",
        arguments: [
            (Value.null, "null"), (.bool(true), "true"), (.int(.min), "-9223372036854775808"),
            (.uint(.max), "18446744073709551615"), (.double(1), "1.0"), (.double(1e300), "1e+300"),
            (.double(.nan), #""NaN""#),
            (.double(-.infinity), #""-Infinity""#), (.string("a\"\\\n\u{1}한\u{7F}"), #""a\"\\\n\u0001한\u007f""#),
            (.bytes([]), #""""#), (.bytes([0]), #""AA==""#), (.bytes([0, 255]), #""AP8=""#),
            (.bytes([0, 255, 16]), #""AP8Q""#),
            (.duration(1_500_000_000), #""1.5s""#), (.duration(-1), #""-0.000000001s""#),
            (.duration(.min), #""-9223372036.854775808s""#), (.type(.timestamp), #""google.protobuf.Timestamp""#),
            (.list([.int(1), .null]), "[1,null]"),
            (.map(MapValue([("a", .int(1)), ("b", .list([]))])), #"{"a":1,"b":[]}"#),
        ])
    func printing(value: Value, expected: String) throws {
        let text = try #require(value.json(bytesMax: 100))
        #expect(text == expected)
        _ = try JSONSerialization.jsonObject(with: Data(text.utf8), options: .fragmentsAllowed)
        #expect(value.json(bytesMax: text.utf8.count) != nil)
        #expect(value.json(bytesMax: text.utf8.count - 1) == nil)
    }

    @Test(
        "numbers of JSON are ints where they can be",
        arguments: [
            ("3", "3"), ("-0", "0"), ("9223372036854775807", "9223372036854775807"),
            ("9223372036854775808", "9.223372036854776e+18"), ("3.0", "3.0"), ("1e2", "100.0"), ("1e999", nil),
            ("x", nil),
            ("", nil), ("nan", nil), ("01", nil), ("+1", nil), ("1.", nil), (".5", nil), ("-", nil), ("1e", nil),
            ("0.5", "0.5"),
            ("0e1", "0.0"), ("-1.5E-1", "-0.15"), ("inf", nil), ("1.e1", nil), ("0x1", nil),
        ] as [(String, String?)])
    func numbers(text: String, expected: String?) {
        #expect(Value(jsonNumber: text)?.json(bytesMax: 100) == expected)
    }

    @Test("a map keeps its order and finds each key, however large", arguments: [0, 1, 8, 9, 1_000])
    func maps(count: Int) {
        var map = MapValue()
        for number in 0..<count { #expect(map.insert(.int(Int64(number)), .int(Int64(-number))) == .done) }
        for number in 0..<count {
            for key in [Value.int(Int64(number)), .uint(UInt64(number)), .double(Double(number))] {
                guard case .int(Int64(-number))? = map.value(of: key) else {
                    Issue.record("no \(number)")
                    return
                }
            }
            #expect(map.insert(.uint(UInt64(number)), .null) == .repeated)
        }
        #expect(map.value(of: .int(-1)) == nil)
        #expect(map.value(of: .double(0.5)) == nil)
        #expect(map.insert(.double(0.5), .null) == .notAKey)
        #expect(map.insert(.null, .null) == .notAKey)
        #expect(map.count == count)
    }

    @Test("timestamps read what they print, and show the dates that Foundation shows")
    func timestamps() throws {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = .gmt
        var generator = SeededGenerator(seed: 5)
        for _ in 0..<2_000 {
            // From 1583 on: before, Foundation's calendar is Julian.
            let seconds = Int64.random(in: -12_212_553_600...253_402_300_799, using: &generator)
            let nanoseconds = Int32.random(in: 0...999_999_999, using: &generator)
            let timestamp = try #require(Timestamp(seconds: seconds, nanoseconds: nanoseconds))
            #expect(Timestamp(timestamp.text) == timestamp)
            let parts = calendar.dateComponents(
                [.year, .month, .day, .hour, .minute, .second, .weekday, .dayOfYear],
                from: Date(timeIntervalSince1970: Double(seconds)))
            var surroundings = Surroundings()
            surroundings.x = .timestamp(timestamp)
            let shown = result(
                """
                [x.getFullYear(), x.getMonth() + 1, x.getDate(), x.getHours(), x.getMinutes(), x.getSeconds(),
                 x.getDayOfWeek() + 1, x.getDayOfYear() + 1]
                """, surroundings)
            let expected = [
                parts.year, parts.month, parts.day, parts.hour, parts.minute, parts.second, parts.weekday,
                parts.dayOfYear,
            ].map { String($0 ?? -1) }.joined(separator: ",")
            #expect(shown == "[\(expected)]", "\(timestamp.text)")
        }
    }

    @Test(
        "what is no timestamp is refused",
        arguments: [
            "", "2026-01-01", "2026-01-01T00:00:00", "2026-01-01 00:00:00Z", "2026-02-29T00:00:00Z",
            "2026-13-01T00:00:00Z",
            "2026-00-01T00:00:00Z", "2026-01-01T24:00:00Z", "2026-01-01T00:60:00Z", "2026-01-01T00:00:60Z",
            "2026-01-01T00:00:00.Z", "2026-01-01T00:00:00+9:00", "2026-01-01T00:00:00+24:00", "2026-01-01T00:00:00Z ",
            "0000-12-31T23:59:59Z", "0001-01-01T00:00:00+00:01", "9999-12-31T23:59:59-00:01", "1900-02-29T00:00:00Z",
            "2026-04-31T00:00:00Z", "+026-01-01T00:00:00Z", "２026-01-01T00:00:00Z",
        ])
    func noTimestamps(text: String) {
        #expect(Timestamp(text) == nil)
    }

    @Test(
        "offsets and fractions of timestamps are read",
        arguments: [
            ("2026-01-01T09:00:00+09:00", "2026-01-01T00:00:00Z"),
            ("2025-12-31T21:30:00.5-02:30", "2026-01-01T00:00:00.5Z"),
            ("2024-02-29T00:00:00.1234567891234Z", "2024-02-29T00:00:00.123456789Z"),
            ("0001-01-01T00:00:00Z", "0001-01-01T00:00:00Z"),
            ("9999-12-31T23:59:59.999999999Z", "9999-12-31T23:59:59.999999999Z"),
            ("2000-02-29T12:00:00Z", "2000-02-29T12:00:00Z"),
        ])
    func offsets(text: String, expected: String) {
        #expect(Timestamp(text)?.text == expected)
    }

    @Test("microseconds before 1970 are counted backward")
    func microseconds() {
        #expect(Timestamp(microseconds: -1)?.text == "1969-12-31T23:59:59.999999Z")
        #expect(Timestamp(microseconds: 1_500_000)?.text == "1970-01-01T00:00:01.5Z")
        #expect(Timestamp(microseconds: .max) == nil)
        #expect(Timestamp(microseconds: .min) == nil)
    }

    @Test(
        "durations are read in all of their units",
        arguments: [
            ("0", "0s"), ("90s", "90s"), ("1h30m", "5400s"), ("1.5s", "1.5s"), ("-1.5h", "-5400s"), ("+1m1s", "61s"),
            ("1ms1us1ns", "0.001001001s"), ("1\u{B5}s", "0.000001s"), (".5m", "30s"), ("1.s", "1s"), ("0.1h", "360s"),
            ("9223372036s", "9223372036s"), ("-9223372036854775808ns", "-9223372036.854775808s"),
            ("9223372036854775808ns", nil),
            ("9223372037s", nil), ("99999999999999999999s", nil), ("", nil), ("-", nil), ("1", nil), ("s", nil),
            (".s", nil),
            ("1d", nil), ("1s ", nil), ("1 s", nil), ("--1s", nil), ("1h-1m", nil), ("1.2.3s", nil),
        ] as [(String, String?)])
    func durations(text: String, expected: String?) {
        let surroundings = Surroundings(x: .string(text))
        #expect(result("string(duration(x))", surroundings) == expected.map { "\"\($0)\"" } ?? "error: conversion")
    }

    @Test(
        "doubles are printed as short as they can be read",
        arguments: [
            ("1.0", "1"), ("0.1", "0.1"), ("-0.0045", "-0.0045"), ("1e21", "1e+21"), ("123456789.0", "123456789"),
            ("0.0 / 0.0", "NaN"), ("-1.0 / 0.0", "-Infinity"), ("double(' 1')", nil), ("double('0x1p3')", nil),
            ("double('-Inf')", "-Infinity"), ("double('1_000')", nil), ("double('1e400')", "Infinity"),
            ("double('1.')", "1"),
        ] as [(String, String?)])
    func doubles(source: String, expected: String?) {
        #expect(result("string(\(source))") == expected.map { "\"\($0)\"" } ?? "error: conversion")
    }

    @Test(
        "time zones are names, UTC or offsets",
        arguments: [
            ("Asia/Seoul", "18"), ("UTC", "9"), ("+09:00", "18"), ("09:00", "18"), ("-10:00", "23"),
            ("America/New_York", "4"),
            ("+9", "error: argument"), ("Nowhere/City", "error: argument"), ("+24:00", "error: argument"),
        ])
    func zones(zone: String, expected: String) {
        #expect(result("now.getHours(x)", Surroundings(x: .string(zone))) == expected)
    }
}
