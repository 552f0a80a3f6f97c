import Foundation
import TestSupport

/// A run of the program with all that it says, in a folder of its own choice.
struct ProgramRun {
    let code: Int32
    let output: String
    let errors: String

    init(
        _ arguments: [String], input: [UInt8] = [], folder: String? = nil, environment: [String: String] = [:]
    ) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: DaemonProcess.program)
        process.arguments = arguments
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        if let folder { process.currentDirectoryURL = URL(fileURLWithPath: folder) }
        let (stdin, stdout) = (Pipe(), Pipe())
        // To a file: two pipes would have to be read at once.
        let errorPath = FileManager.default.temporaryDirectory.appending(path: "errors-\(UUID().uuidString)").path
        guard FileManager.default.createFile(atPath: errorPath, contents: nil),
            let errorFile = FileHandle(forWritingAtPath: errorPath)
        else { throw TestSupportError("no file \(errorPath)") }
        defer { try? FileManager.default.removeItem(atPath: errorPath) }
        process.standardInput = stdin
        process.standardOutput = stdout
        process.standardError = errorFile
        try process.run()
        try stdin.fileHandleForWriting.write(contentsOf: Data(input))
        try stdin.fileHandleForWriting.close()
        output = String(decoding: try stdout.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
        process.waitUntilExit()
        code = process.terminationStatus
        errors = try String(contentsOfFile: errorPath, encoding: .utf8)
    }
}
