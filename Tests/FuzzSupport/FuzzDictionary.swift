import LineProtocol

/// The words that a request is made of, for a fuzzer that would not come upon them by chance.
package enum FuzzDictionary {
    /// A line each, as libFuzzer reads them.
    package static var entries: [String] { words.map(quoted) }

    private static var words: [String] {
        var words: [String] = []
        for spec in VerbTable.all {
            words.append(spec.words + " ")
            for field in spec.fields {
                words.append(" \(field.key.name)=")
                if case .choice(let choices) = field.type { words += choices }
            }
        }
        words += [
            "{\"a\":", "[\"a\",", "\\u0000", "\\ud800", "\\ud83d\\ude00", "1e1000", "+5m", "1h30m", "36500d",
            "2030-02-28T23:59:59.999999Z", "+09:00", "9223372036854775807", "-100", "e\u{301}", "\u{1112}\u{1161}",
            "\u{202E}", "\u{2028}", "\u{85}", "true", "null", "\r\n", "#?",
            "{\"agents\":[{\"id\":\"kim\",", "\"remove\":[\"kim\"]", "\"skills\":{", "\"channels\":{", "\"capacity\":",
            "\"team\":", "{\"queues\":{\"vip\":{", "\"steps\":[{\"after\":\"1s\",\"do\":[",
            "\"rules\":[{\"name\":\"r\",\"when\":\"",
            "\"then\":{", "\"calendars\":{\"c\":{\"timezone\":\"Asia/Seoul\",\"hours\":{\"mon-fri\":[\"09:00-18:00\"]",
        ]
        var seen: Set<String> = []
        return words.filter { seen.insert($0).inserted }
    }

    private static func quoted(_ word: String) -> String {
        let hexadecimal = Array("0123456789ABCDEF")
        return "\""
            + word.utf8.map { byte in
                switch byte {
                case UInt8(ascii: "\""), UInt8(ascii: "\\"): "\\\(Character(Unicode.Scalar(byte)))"
                case 0x20..<0x7F: String(Character(Unicode.Scalar(byte)))
                default: "\\x\(hexadecimal[Int(byte >> 4)])\(hexadecimal[Int(byte & 15)])"
                }
            }
            .joined() + "\""
    }
}
