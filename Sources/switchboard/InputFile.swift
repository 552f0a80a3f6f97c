import ArgumentParser
import Foundation

/// Files that commands read whole.
enum InputFile {
    /// The bytes of a file; `-` is standard input. One that cannot be read is told, and ends the program with the code
    /// for that.
    static func bytes(_ path: String) throws -> [UInt8] {
        do {
            // As a stream: it may be a pipe.
            let handle =
                path == "-" ? .standardInput : try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
            return Array(try handle.readToEnd() ?? Data())
        } catch {
            Terminal.complain("\(path) cannot be read: \(error.localizedDescription)")
            throw Failure.input
        }
    }
}
