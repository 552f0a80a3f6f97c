import Testing

@testable import Simulation

@Suite("Reading comma-separated values")
struct CSVReaderTests {
    private func records(_ text: String) throws -> [[String]] {
        var reader = CSVReader(bytes: Array(text.utf8))
        var records: [[String]] = []
        while let record = try reader.next() { records.append(record) }
        return records
    }

    @Test("plain and quoted fields, both line ends, a byte order mark and empty lines")
    func forms() throws {
        let text = "\u{FEFF}a,b\r\n1,\"x, \"\"y\"\"\nz\"\n\n3,"
        #expect(try records(text) == [["a", "b"], ["1", "x, \"y\"\nz"], ["3", ""]])
    }

    @Test("a quote that is never closed is named with the line on which it opens")
    func openQuote() {
        let fault = #expect(throws: RecordingFault.self) { try records("a,b\n1,\"x\ny\n") }
        #expect(fault?.line == 2)
        #expect(fault?.column == "2")
    }

    @Test("text after a closing quote is a fault")
    func textAfterQuote() {
        #expect(throws: RecordingFault.self) { try records("\"a\"b,c\n") }
    }
}

@Suite("Local times")
struct CivilTimeTests {
    @Test(
        "a day is counted from 1970",
        arguments: [("1970-01-01", 0), ("1999-02-01", 10_623), ("2000-02-29", 11_016), ("1969-12-31", -1)])
    func days(text: String, expected: Int) {
        #expect(CivilTime.day(text) == expected)
    }

    @Test(
        "what is no time is refused",
        arguments: ["", "1999-02-30T00:00:00", "1999-2-1T00:00:00", "1999-02-01T24:00:00"])
    func refused(text: String) {
        #expect(CivilTime.microseconds(text) == nil)
    }

    @Test("fractions of a second are kept to the microsecond")
    func fraction() {
        #expect(CivilTime.microseconds("1970-01-01T00:00:01.25") == 1_250_000)
        #expect(CivilTime.microseconds("1970-01-02 00:00:00") == 86_400_000_000)
    }
}
