/// Which target may import what: the layering of docs/architecture.md as data.
///
/// Not every edge that the compiler would allow is wanted: the pure targets stay pure, so that a seed replays what they
/// did; two things meet in one place only, so that either can be exchanged.
enum Layering {
    /// What a target may import.
    struct Rule {
        let modules: Set<String>
        /// Modules whose names begin so are allowed as well.
        var prefixes: [String] = []
        /// Whether Foundation, threads and the C library are allowed: everything but the pure targets.
        var usesSystem = true
    }

    /// Part of the language as far as the rules go.
    private static let standardLibrary: Set<String> = ["Swift"]
    /// Containers of swift-collections, which are as pure as the standard library's.
    private static let collections: Set<String> = [
        "BitCollections", "Collections", "DequeModule", "HashTreeCollections", "HeapModule", "OrderedCollections",
    ]
    /// What comes with the toolchain and touches clocks, threads or the system.
    private static let system: Set<String> = [
        "Darwin", "Dispatch", "Foundation", "FoundationEssentials", "Glibc", "Musl", "Synchronization",
    ]

    static let rules: [String: Rule] = [
        // The standard library alone.
        "CEL": Rule(modules: [], usesSystem: false),
        "Routing": Rule(modules: collections.union(["CEL"]), usesSystem: false),
        "LineProtocol": Rule(modules: collections, usesSystem: false),
        "Plan": Rule(modules: ["CEL", "LineProtocol", "Routing", "Yams"]),
        // The one importer of libpq.
        "Postgres": Rule(modules: ["CLibpq"]),
        "Storage": Rule(modules: ["LineProtocol", "Logging", "Postgres", "Routing"]),
        "Server": Rule(modules: ["Crypto", "LineProtocol", "Logging", "Plan", "Routing"], prefixes: ["NIO"]),
        "Client": Rule(modules: ["LineProtocol"], prefixes: ["NIO"]),
        "Simulation": Rule(modules: ["CEL", "LineProtocol", "Plan", "Routing"]),
        // Where Storage and Server meet, and nowhere else. The network and libpq stay behind their targets.
        "switchboard": Rule(
            modules: [
                "ArgumentParser", "CEL", "Client", "Crypto", "LineProtocol", "Logging", "Plan", "Routing", "Server",
                "Simulation", "Storage",
            ]),
    ]

    struct Breach: Equatable, CustomStringConvertible {
        let target: String
        let module: String
        let file: String
        let line: Int

        var description: String { "\(file):\(line): \(target) must not import \(module)" }
    }

    /// The imports of one source file that its target may not have. A target without a rule may import nothing.
    static func breaches(target: String, file: String, source: String) -> [Breach] {
        let rule = rules[target] ?? Rule(modules: [], usesSystem: false)
        return imports(in: source).compactMap { line, module in
            let allowed =
                standardLibrary.contains(module) || rule.modules.contains(module)
                || rule.prefixes.contains { module.hasPrefix($0) } || rule.usesSystem && system.contains(module)
            return allowed ? nil : Breach(target: target, module: module, file: file, line: line)
        }
    }

    /// Every imported module with its line, whatever stands before (`public`, `@testable`) and after it (`struct X.Y`).
    static func imports(in source: String) -> [(line: Int, module: String)] {
        let kinds: Set<Substring> = ["actor", "class", "enum", "func", "let", "protocol", "struct", "typealias", "var"]
        var found: [(Int, String)] = []
        for (index, line) in source.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            // Several statements may share a line.
            for statement in line.split(separator: ";") {
                var words = statement.split { $0 == " " || $0 == "\t" || $0 == "\r" }[...]
                while let word = words.first, isBeforeImport(word) { words = words.dropFirst() }
                guard words.first == "import" else { continue }
                words = words.dropFirst()
                if let word = words.first, kinds.contains(word) { words = words.dropFirst() }
                guard let path = words.first else { continue }
                found.append((index + 1, String(path.prefix { $0 != "." && $0 != "/" })))
            }
        }
        return found
    }

    private static func isBeforeImport(_ word: Substring) -> Bool {
        word.hasPrefix("@") || ["public", "package", "internal", "fileprivate", "private"].contains(word)
    }
}
