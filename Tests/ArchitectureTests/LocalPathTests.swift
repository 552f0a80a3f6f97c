import Testing

/// A path of somebody's own machine works nowhere else and tells where something was made.
@Suite("paths in the repository")
struct LocalPathTests {
    @Test("no file names a folder of somebody's own machine")
    func repository() throws {
        let files = SourceTree.files(in: [
            ".ci", ".gitignore", ".swift-format", "CHANGELOG.md", "Makefile", "Package.swift", "README.md", "Sources",
            "Tests", "bench", "docs", "sql",
        ])
        try #require(files.count > 50)
        // This one has to name them.
        for file in files where !file.path.hasSuffix("/LocalPathTests.swift") {
            for line in Self.linesWithLocalPaths(file.text) {
                Issue.record("\(file.path):\(line) names a folder that only one machine has")
            }
        }
    }

    @Test(
        "a local path is found",
        arguments: ["/home/kim/code", "\"/Users/kim/code\"", "see /root/notes", "(/home/here)", "file:///home/kim"])
    func found(text: String) {
        #expect(Self.linesWithLocalPaths("first\n\(text)\n") == [2])
    }

    @Test(
        "other words are left alone",
        arguments: [
            "/homepage", "https://example.org/home/here", "home/in/progress", "/var/lib/switchboard", "/rooted",
        ])
    func leftAlone(text: String) {
        #expect(Self.linesWithLocalPaths(text).isEmpty)
    }

    /// The lines, counted from 1, on which a path begins in a folder of a person or of a workplace.
    static func linesWithLocalPaths(_ text: String) -> [Int] {
        let beginnings = ["/home/", "/Users/", "/root/"]
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        return lines.enumerated().compactMap { index, line in
            beginnings.contains { isPath($0, on: line) } ? index + 1 : nil
        }
    }

    /// Whether `beginning` stands on the line as a beginning: not after a letter, a digit or a dot, as in an address.
    private static func isPath(_ beginning: String, on line: Substring) -> Bool {
        line.ranges(of: beginning).contains { range in
            guard range.lowerBound > line.startIndex else { return true }
            let before = line[line.index(before: range.lowerBound)]
            return !(before.isLetter || before.isNumber || "._-~}".contains(before))
        }
    }
}
