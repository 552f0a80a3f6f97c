import Testing

@Suite("the layering of the targets")
struct ImportLayeringTests {
    @Test("no source file imports what its target may not")
    func sources() throws {
        let files = SourceTree.files(in: ["Sources"]).filter { $0.path.hasSuffix(".swift") }
        // An empty walk would pass everything.
        let targets = Set(files.map { $0.path.split(separator: "/")[1] })
        try #require(targets.isSuperset(of: ["CEL", "Routing", "Server", "Storage", "switchboard"]))
        for file in files {
            let target = String(file.path.split(separator: "/")[1])
            for breach in Layering.breaches(target: target, file: file.path, source: file.text) {
                Issue.record("\(breach)")
            }
        }
    }

    @Test("every target has a rule")
    func everyTargetHasARule() {
        let files = SourceTree.files(in: ["Sources"]).filter { $0.path.hasSuffix(".swift") }
        for target in Set(files.map { String($0.path.split(separator: "/")[1]) }).sorted() {
            #expect(Layering.rules[target] != nil, "say in Layering.rules what \(target) may import")
        }
    }

    @Test(
        "a breach is found",
        arguments: [
            ("CEL", "Foundation"), ("CEL", "Synchronization"), ("CEL", "Routing"),
            ("Routing", "Foundation"), ("Routing", "Synchronization"), ("Routing", "LineProtocol"),
            ("LineProtocol", "Foundation"), ("LineProtocol", "Routing"), ("Plan", "Server"), ("Plan", "NIOCore"),
            ("Postgres", "Routing"), ("Storage", "CLibpq"), ("Storage", "Server"), ("Storage", "NIOPosix"),
            ("Server", "Storage"), ("Server", "Postgres"), ("Client", "Server"), ("Client", "Routing"),
            ("Simulation", "Server"), ("Simulation", "Storage"), ("Simulation", "Client"), ("Simulation", "NIOCore"),
            ("switchboard", "CLibpq"), ("switchboard", "Postgres"), ("switchboard", "NIOCore"), ("Unknown", "Routing"),
        ])
    func breach(target: String, module: String) {
        let source = "// first line\nimport \(module)\n\nstruct Anything {}\n"
        let expected = Layering.Breach(target: target, module: module, file: "File.swift", line: 2)
        #expect(Layering.breaches(target: target, file: "File.swift", source: source) == [expected])
    }

    @Test(
        "what a target is made of is allowed",
        arguments: [
            ("Routing", "CEL"), ("Routing", "HeapModule"), ("Plan", "CEL"), ("Plan", "Foundation"),
            ("Postgres", "CLibpq"), ("Storage", "Postgres"),
            ("Server", "NIOPosix"), ("Client", "LineProtocol"), ("Simulation", "Routing"), ("switchboard", "Storage"),
        ])
    func allowed(target: String, module: String) {
        #expect(Layering.breaches(target: target, file: "File.swift", source: "import \(module)\n").isEmpty)
    }

    @Test(
        "an import is found however it is written",
        arguments: [
            "import Foundation", "  import Foundation", "public import Foundation", "package import Foundation",
            "@preconcurrency import Foundation", "@testable private import Foundation",
            "@_spi(Internal) import Foundation", "import struct Foundation.Date", "import func Foundation.exit",
            "import Foundation // for Date", "import Swift; import Foundation", "import Foundation\r",
            "#if os(Linux)\n    import Foundation\n#endif",
        ])
    func spelling(source: String) {
        #expect(Layering.imports(in: source).map(\.module).last == "Foundation")
    }

    @Test(
        "what only looks like an import is none",
        arguments: ["// import Foundation", "let text = \"import Foundation\"", "important()", "func import_() {}"])
    func noImport(source: String) {
        #expect(Layering.imports(in: source).isEmpty)
    }
}
