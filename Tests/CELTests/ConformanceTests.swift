import CEL
import Foundation
import Testing

/// The conformance tests of CEL's own specification, where they lie beside the repository.
@Suite("the conformance tests of CEL")
struct ConformanceTests {
    @Test("every case inside of the subset gives what the specification says", .enabled(if: Reference.isPresent))
    func conformance() throws {
        var total = Tally()
        print("file             cases  passed  outside  failed")
        for file in Reference.files {
            var tally = Tally()
            for test in try Reference.cases(of: file) { tally.count(test.outcome(), of: "\(file) \(test.title)") }
            print(tally.row(file))
            total += tally
        }
        print(total.row("all"))
        #expect(total.failed == 0)
        #expect(total.outside == 0, "every case of the core files is inside of the subset")
        #expect(total.passed == 1_076)
    }
}

private struct Tally {
    var passed = 0
    var outside = 0
    var failed = 0

    mutating func count(_ outcome: ConformanceCase.Outcome, of title: String) {
        switch outcome {
        case .passed: passed += 1
        case .outside: outside += 1
        case .failed(let why):
            failed += 1
            Issue.record("\(title): \(why)")
        }
    }

    func row(_ name: String) -> String {
        let figures = [(passed + outside + failed, 7), (passed, 8), (outside, 9), (failed, 8)]
        return name.padding(toLength: 15, withPad: " ", startingAt: 0)
            + figures.map { String(repeating: " ", count: $1 - String($0).count) + String($0) }.joined()
    }

    static func += (left: inout Tally, right: Tally) {
        left.passed += right.passed
        left.outside += right.outside
        left.failed += right.failed
    }
}

private enum Reference {
    private static let folder = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "../../../shared/reference/cel").standardizedFileURL

    static var isPresent: Bool {
        if FileManager.default.fileExists(atPath: folder.path) { return true }
        print("the conformance tests are left out: there is no \(folder.path)")
        return false
    }

    static let files = [
        "basic", "comparisons", "conversions", "fields", "fp_math", "integer_math", "lists", "logic", "macros", "parse",
        "plumbing", "string", "timestamps",
    ]

    static func cases(of file: String) throws -> [ConformanceCase] {
        let data = try Data(contentsOf: folder.appending(path: "\(file).json"))
        let document = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
        return try #require(document["tests"] as? [[String: Any]]).map(ConformanceCase.init)
    }
}
