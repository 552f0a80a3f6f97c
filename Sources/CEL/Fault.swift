/// A place in a source: both count from 1, columns in code points.
package struct SourcePosition: Hashable, Sendable {
    package var line: Int
    package var column: Int

    package init(line: Int, column: Int) {
        self.line = line
        self.column = column
    }

    /// The place of a byte. O(offset).
    init(offset: Int, in source: String) {
        line = 1
        column = 1
        for byte in source.utf8.prefix(offset) {
            if byte == UInt8(ascii: "\n") {
                line += 1
                column = 1
            } else if byte & 0xC0 != 0x80 {
                column += 1
            }
        }
    }
}

/// What is wrong with an expression, and where.
package struct Fault: Error, Hashable, Sendable, CustomStringConvertible {
    /// A sentence without the place.
    package let message: String
    package let position: SourcePosition
    /// The line, or the part of it around the place, and under it a caret that points at the place.
    package let excerpt: String

    /// - Parameter offset: in bytes from the beginning of the source.
    init(_ message: String, at offset: Int, in source: String) {
        self.message = message
        position = SourcePosition(offset: offset, in: source)
        excerpt = Excerpt.render(source, position)
    }

    package var description: String {
        "line \(position.line), column \(position.column): \(message)\n\(excerpt)"
    }
}

/// The line of a source that a fault or an error shows.
enum Excerpt {
    /// Code points that are shown on either side of the place.
    private static let sideMax = 60

    static func render(_ source: String, _ position: SourcePosition) -> String {
        let lines = source.unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false)
        let line = Array(lines[position.line - 1])
        let place = min(position.column - 1, line.count)
        let start = max(0, place - sideMax)
        let end = min(line.count, place + sideMax)
        var text = start > 0 ? "…" : ""
        var padding = start > 0 ? " " : ""
        for (index, scalar) in line[start..<end].enumerated() {
            let shown = isControl(scalar) ? " " : scalar
            text.unicodeScalars.append(shown)
            if start + index < place { padding += String(repeating: " ", count: width(shown)) }
        }
        return text + (end < line.count ? "…" : "") + "\n" + padding + "^"
    }

    private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator: true
        default: false
        }
    }

    /// Columns of a terminal that the character takes, so that the caret stands under Hangul as well.
    private static func width(_ scalar: Unicode.Scalar) -> Int {
        switch scalar.value {
        case 0..<0x300: return 1
        case 0x1100...0x115F, 0x2E80...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F, 0xFF00...0xFF60,
            0xFFE0...0xFFE6, 0x1F300...0x1FAFF, 0x20000...0x3FFFD:
            return 2
        default:
            switch scalar.properties.generalCategory {
            case .nonspacingMark, .enclosingMark: return 0
            default: return 1
            }
        }
    }
}
