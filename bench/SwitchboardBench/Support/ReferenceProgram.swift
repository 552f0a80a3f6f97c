import Foundation

/// A program to compare with, run as a child.
enum ReferenceProgram {
    /// Runs it until a line of its output pleases `isLast`, ends it and returns that line.
    static func firstLine(
        of path: String, _ arguments: [String], where isLast: (String) -> Bool
    ) throws -> String {
        let process = Process()
        let pipe = Pipe()
        // Its output goes through a pipe, where C would otherwise hold lines back until the end.
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["stdbuf", "-oL", path] + arguments
        process.standardOutput = pipe
        try process.run()
        defer {
            process.terminate()
            process.waitUntilExit()
        }
        var text = ""
        while true {
            let data = pipe.fileHandleForReading.availableData
            if data.isEmpty { throw BenchError("\(path) ended without the line that was waited for:\n\(text)") }
            text += String(decoding: data, as: UTF8.self)
            let lines = text.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
            if let line = lines.first(where: { isLast(String($0)) }) { return String(line) }
        }
    }
}
