import Foundation

/// Standard output and standard error as people and scripts want them.
enum Terminal {
    /// Somebody watches standard output.
    static let isInteractive = isatty(STDOUT_FILENO) == 1
    /// Somebody watches standard error.
    static let errorIsInteractive = isatty(STDERR_FILENO) == 1
    /// Colours: on a terminal only, and not against the wish of `NO_COLOR` (https://no-color.org).
    static let hasColor =
        isInteractive && (ProcessInfo.processInfo.environment["NO_COLOR"] ?? "").isEmpty
        && ProcessInfo.processInfo.environment["TERM"] != "dumb"

    /// Columns of the terminal; nil where there is none.
    static var width: Int? {
        guard isInteractive else { return nil }
        var size = winsize()
        guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return nil }
        return Int(size.ws_col)
    }

    /// Writes a line at once, so that a reader at the other end of a pipe sees it when it happens.
    static func line(_ text: String) {
        write(text + "\n")
    }

    static func write(_ text: String) {
        try? FileHandle.standardOutput.write(contentsOf: Data(text.utf8))
    }

    /// Says what went wrong.
    static func complain(_ text: String) {
        try? FileHandle.standardError.write(contentsOf: Data(("switchboard: " + text + "\n").utf8))
    }

    /// Says how far something has come.
    static func progress(_ text: String) {
        try? FileHandle.standardError.write(contentsOf: Data(text.utf8))
    }

    static func bold(_ text: String) -> String { hasColor ? "\u{1B}[1m\(text)\u{1B}[0m" : text }

    static func dim(_ text: String) -> String { hasColor ? "\u{1B}[2m\(text)\u{1B}[0m" : text }

    static func green(_ text: String) -> String { hasColor ? "\u{1B}[32m\(text)\u{1B}[0m" : text }

    static func red(_ text: String) -> String { hasColor ? "\u{1B}[31m\(text)\u{1B}[0m" : text }

    static func cyan(_ text: String) -> String { hasColor ? "\u{1B}[36m\(text)\u{1B}[0m" : text }
}
