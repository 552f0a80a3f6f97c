import Testing

@testable import Simulation

@Suite("Text on a terminal")
struct TextTests {
    @Test(
        "wide characters take two columns, combining ones none",
        arguments: [
            ("abc", 3), ("신발", 4), ("e\u{301}", 1), ("\u{1112}\u{1161}\u{11AB}", 2), ("ｱＡ", 3), ("👍🏽", 2), ("", 0),
        ])
    func width(text: String, expected: Int) {
        #expect(DisplayWidth.of(text) == expected)
    }

    @Test("a text is cut to its columns, not in the middle of a wide character")
    func cut() {
        #expect(DisplayWidth.cut("운동화 문의", to: 6) == "운동…")
        #expect(DisplayWidth.cut("abc", to: 3) == "abc")
    }

    @Test("columns stand under each other, Korean or not")
    func table() {
        var table = TextTable([.init("name"), .init("count", .right), .init("note")])
        table.add(["김민준", "5", "a"])
        table.add(["Ben", "12"])
        #expect(
            table.lines == [
                "name    count  note",
                "김민준      5  a",
                "Ben        12",
            ])
    }

    @Test(
        "lengths are written as a clock writes them",
        arguments: [(5, "0:05", "5s"), (245, "4:05", "4m 05s"), (3845, "1:04:05", "1h 04m")])
    func lengths(seconds: Int64, clock: String, words: String) {
        #expect(Numbers.clock(seconds * microsecondsPerSecond) == clock)
        #expect(Numbers.length(seconds * microsecondsPerSecond) == words)
    }

    @Test("what a customer wrote cannot move the cursor")
    func safe() {
        #expect(SafeText.visible("a\u{1B}[2Jb\u{202E}") == "a\\u{1b}[2Jb\\u{202e}")
        #expect(SafeText.visible("상품") == "상품")
    }

    @Test(
        "numbers are rounded for people",
        arguments: [(1.25, 1, "1.3"), (0.04, 1, "0.0"), (-0.04, 1, "0.0"), (12, 0, "12"), (-2.5, 2, "-2.50")])
    func decimals(value: Double, places: Int, expected: String) {
        #expect(Numbers.decimal(value, places: places) == expected)
    }
}
