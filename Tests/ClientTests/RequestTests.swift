import Testing

@testable import Client

@Suite("Requests")
struct RequestTests {
    private func line(_ request: Request) -> String {
        String(decoding: request.bytes, as: UTF8.self)
    }

    @Test("values stand bare where they may, else as JSON strings")
    func values() {
        let request = Request(
            "SUBMIT", nil,
            [
                Field("channel", "chat"), Field("subject", "a \"b\"\n신발"), Field("customer", "한국어"), Field("team", ""),
                Field("priority", 5), Field("attrs", .json("{\"a\":\n1}")),
            ])
        #expect(
            line(request)
                == "SUBMIT channel=chat subject=\"a \\\"b\\\"\\n신발\" customer=한국어 team= priority=5 attrs={\"a\": 1}\n")
    }

    @Test("a positional value that looks like a field is quoted")
    func positional() {
        #expect(line(Request("AGENT GET", "kim")) == "AGENT GET kim\n")
        #expect(line(Request("AGENT GET", "a=b")) == "AGENT GET \"a=b\"\n")
    }

    @Test("a written line is one request, with or without a tag")
    func written() throws {
        #expect(line(try Request(line: "#1 PING")) == "#1 PING\n")
        #expect(throws: ClientError.self) { try Request(line: "  ") }
        #expect(throws: ClientError.self) { try Request(line: "PING\nPING") }
    }

    @Test(
        "what may be repeated is what the protocol lets a client repeat",
        arguments: [
            ("GET 1", true), ("#7 get 1", true), ("SUBMIT channel=a key=b", true), ("SUBMIT channel=a", false),
            ("ACCEPT 1 as=kim", true), ("DECLINE 1", false), ("AGENT DELETE kim", false), ("AGENT PUT kim", true),
            ("AGENTS", true), ("AGENTS PUT body={}", false),
            ("TOKEN CREATE role=admin", false), ("TOKEN LIST", true), ("PLAN PUT body={}", false), ("NEXT", false),
            ("WATCH", false), ("DRAIN", false),
        ])
    func repetition(text: String, again: Bool) throws {
        #expect(try Request(line: text).repetition == (again ? .again : .never))
    }
}

@Suite("Endpoints")
struct EndpointTests {
    @Test(
        "hosts, addresses and paths are told apart",
        arguments: [
            ("localhost:1", Endpoint.tcp(host: "localhost", port: 1)), ("10.0.0.1", .tcp(host: "10.0.0.1", port: 7411)),
            ("[::1]:80", .tcp(host: "::1", port: 80)), ("[::1]", .tcp(host: "::1", port: 7411)),
            ("./a.sock", .unix(path: "./a.sock")), ("unix:a", .unix(path: "a")),
        ])
    func forms(text: String, expected: Endpoint) throws {
        #expect(try Endpoint(text) == expected)
        #expect(try Endpoint(expected.description) == expected)
    }

    @Test("what names no endpoint is refused", arguments: ["", ":1", "a:0", "a:65536", "a:b", "unix:"])
    func refused(text: String) {
        #expect(throws: ClientError.self) { try Endpoint(text) }
    }

    @Test("an option beats the environment, which beats the default socket, which beats the default port")
    func resolution() throws {
        func endpoints(_ connect: String?, _ url: String?, socketExists: Bool) throws -> [Endpoint] {
            try ClientConfiguration.resolve(
                connect: connect, token: nil, environment: url.map { ["SWITCHBOARD_URL": $0] } ?? [:],
                defaultSockets: ["/s"], exists: { _ in socketExists }
            ).endpoints
        }
        let two = [Endpoint.tcp(host: "a", port: 1), .tcp(host: "b", port: 2)]
        #expect(try endpoints("a:1,b:2", "c:3", socketExists: true) == two)
        #expect(try endpoints(nil, "switchboard://a:1,b:2", socketExists: true) == two)
        #expect(try endpoints(nil, "switchboard://a:1,b:2/", socketExists: true) == two)
        #expect(try endpoints(nil, "c:3", socketExists: true) == [.tcp(host: "c", port: 3)])
        #expect(try endpoints(nil, nil, socketExists: true) == [.unix(path: "/s")])
        #expect(try endpoints(nil, nil, socketExists: false) == [.tcp(host: "127.0.0.1", port: 7411)])
    }
}
