import Testing

@testable import Client

@Suite("The client", .timeLimit(.minutes(1)))
struct ClientTests {
    private static let welcome = "OK version=1 role=admin server=test session=1"

    private func configuration(_ endpoints: [Endpoint]) -> ClientConfiguration {
        ClientConfiguration(endpoints: endpoints, token: "secret", patience: .seconds(10))
    }

    @Test("it says HELLO, and matches rows and final lines to requests in order")
    func answers() async throws {
        let server = try await ScriptedServer()
        var script = server.happenings.makeAsyncIterator()
        let client = SwitchboardClient(configuration([server.endpoint]))
        async let list = client.request(Request("AGENTS"))
        let hello = await script.line()
        #expect(hello.text == "HELLO version=1 token=secret")
        server.say(hello.connection, Self.welcome)
        #expect(await script.line().text == "AGENTS")
        let refused = Task { try await client.request(Request("GET", "9")) }
        #expect(await script.line().text == "GET 9")
        server.say(
            1, "ROW id=kim name=\"김 민준\"", "ROW id=lee", "OK count=2", "ERR not_found \"no inquiry 9\" field=id")
        let answer = try await list
        #expect(answer.rows.map { $0["id"] } == ["kim", "lee"])
        #expect(answer.rows.first?["name"] == "김 민준")
        #expect(answer.fields.integer("count") == 2)
        let rejection = Rejection(code: "not_found", message: "no inquiry 9", fields: [Field("field", "id")])
        await #expect(throws: ClientError.rejected(rejection)) { try await refused.value }
        await client.close()
        await server.stop()
    }

    @Test("without a token a PING greets, and a daemon that is only starting is passed by")
    func starting() async throws {
        let first = try await ScriptedServer()
        let second = try await ScriptedServer()
        var firstScript = first.happenings.makeAsyncIterator()
        var secondScript = second.happenings.makeAsyncIterator()
        var settings = configuration([first.endpoint, second.endpoint])
        settings.token = nil
        let client = SwitchboardClient(settings)
        async let welcome = client.connect()
        let ping = await firstScript.line()
        #expect(ping.text == "PING")
        first.say(ping.connection, "OK time=2026-03-02T00:00:00.000Z status=starting")
        let other = await secondScript.line()
        second.say(other.connection, "OK time=2026-03-02T00:00:00.500Z status=serving")
        #expect(try await welcome.fields.instant("time") == 1_772_409_600_500_000)
        await client.close()
        await first.stop()
        await second.stop()
    }

    @Test("a daemon that answers unavailable is asked again until it serves")
    func unavailable() async throws {
        let server = try await ScriptedServer()
        var script = server.happenings.makeAsyncIterator()
        let client = SwitchboardClient(configuration([server.endpoint]))
        async let welcome = client.connect()
        for _ in 0..<3 {
            let hello = await script.line()
            server.say(hello.connection, "ERR unavailable \"starting\" retry_after=1s")
        }
        let hello = await script.line()
        server.say(hello.connection, Self.welcome)
        #expect(try await welcome["role"] == "admin")
        await client.close()
        await server.stop()
    }

    @Test("a wrong token ends the client at once")
    func unauthorized() async throws {
        let server = try await ScriptedServer()
        var script = server.happenings.makeAsyncIterator()
        let client = SwitchboardClient(configuration([server.endpoint]))
        let answer = Task { try await client.request(Request("INFO")) }
        let hello = await script.line()
        server.say(hello.connection, "ERR unauthorized \"wrong token\"")
        let rejection = Rejection(code: "unauthorized", message: "wrong token")
        await #expect(throws: ClientError.rejected(rejection)) { try await answer.value }
        await #expect(throws: ClientError.rejected(rejection)) { try await client.connect() }
        await server.stop()
    }

    @Test("nobody there: unreachable, once patience has ended")
    func unreachable() async throws {
        let server = try await ScriptedServer()
        let endpoint = server.endpoint
        await server.stop()
        var settings = configuration([endpoint])
        settings.patience = .milliseconds(100)
        let client = SwitchboardClient(settings)
        let error = await #expect(throws: ClientError.self) { try await client.connect() }
        guard case .unreachable = error else {
            Issue.record("\(String(describing: error)) instead of unreachable")
            return
        }
    }

    @Test("after a lost connection what may be repeated is, in its order; the rest fails")
    func reconnection() async throws {
        let server = try await ScriptedServer()
        var script = server.happenings.makeAsyncIterator()
        let (words, told) = AsyncStream.makeStream(of: String.self)
        let client = SwitchboardClient(
            configuration([server.endpoint]),
            onNotice: { notice in
                switch notice {
                case .connected: told.yield("connected")
                case .disconnected: told.yield("disconnected")
                case .event: break
                }
            })
        for text in ["SUBMIT channel=chat key=a", "SUBMIT channel=chat", "ACCEPT 1 as=kim", "GET 1"] {
            client.send(try Request(line: text)) { result in
                switch result {
                case .success(let answer): told.yield("\(text): \(answer["id"] ?? "OK")")
                case .failure(let error): told.yield("\(text): \(error)")
                }
            }
        }
        var word = words.makeAsyncIterator()
        server.say(await script.line().connection, Self.welcome)
        #expect(await word.next() == "connected")
        for _ in 0..<4 { _ = await script.line() }
        // The first row of an answer that is cut off is forgotten.
        server.say(1, "ROW id=0")
        server.cut(1)
        #expect(await word.next() == "disconnected")
        #expect(await word.next() == "SUBMIT channel=chat: the connection was lost before the answer")
        let hello = await script.line()
        #expect(hello.connection == 2)
        #expect(hello.text == "HELLO version=1 token=secret")
        server.say(2, Self.welcome)
        #expect(await word.next() == "connected")
        for text in ["SUBMIT channel=chat key=a", "ACCEPT 1 as=kim", "GET 1"] {
            #expect(await script.line().text == text)
        }
        server.say(2, "OK id=1", "OK id=2", "OK id=3")
        #expect(await word.next() == "SUBMIT channel=chat key=a: 1")
        #expect(await word.next() == "ACCEPT 1 as=kim: 2")
        #expect(await word.next() == "GET 1: 3")
        await client.close()
        await server.stop()
    }

    @Test("raw lines are shown as they come, but for the client's own greeting")
    func rawLines() async throws {
        let server = try await ScriptedServer()
        var script = server.happenings.makeAsyncIterator()
        let (lines, told) = AsyncStream.makeStream(of: String.self)
        let client = SwitchboardClient(configuration([server.endpoint]), onLine: { told.yield($0) })
        async let answer = client.request(try Request(line: "#a AGENTS"))
        server.say(await script.line().connection, Self.welcome)
        let request = await script.line()
        #expect(request.text == "#a AGENTS")
        server.say(request.connection, "#a ROW id=kim", "#a OK count=1")
        #expect(try await answer.rows.count == 1)
        var shown = lines.makeAsyncIterator()
        #expect(await shown.next() == "#a ROW id=kim")
        #expect(await shown.next() == "#a OK count=1")
        await client.close()
        await server.stop()
    }

    @Test("events come between answers, to every stream")
    func events() async throws {
        let server = try await ScriptedServer()
        var script = server.happenings.makeAsyncIterator()
        let client = SwitchboardClient(configuration([server.endpoint]))
        var one = client.events().makeAsyncIterator()
        var other = client.events().makeAsyncIterator()
        async let answer = client.request(Request("WATCH"))
        server.say(await script.line().connection, Self.welcome)
        let watch = await script.line()
        server.say(
            watch.connection, "OK",
            "EVENT offered seq=5 time=2026-03-02T00:00:00.000Z inquiry=17 agent=kim attrs={\"상품\":\"신발\"}")
        _ = try await answer
        let event = try #require(await one.next())
        #expect(event.type == "offered")
        #expect(event.seq == 5)
        #expect(event.inquiry == 17)
        #expect(event.agent == "kim")
        #expect(event.fields.last?.value == .json("{\"상품\":\"신발\"}"))
        #expect(await other.next() == event)
        await client.close()
        #expect(await one.next() == nil)
        await server.stop()
    }

    @Test("no more than 1,024 requests are unanswered on the connection; the others follow as answers come")
    func pipelining() async throws {
        let server = try await ScriptedServer()
        var script = server.happenings.makeAsyncIterator()
        let client = SwitchboardClient(configuration([server.endpoint]))
        let (answers, told) = AsyncStream.makeStream(of: Int64?.self)
        for _ in 0..<1500 {
            client.send(Request("PING")) { told.yield((try? $0.get())?.fields.integer("n")) }
        }
        server.say(await script.line().connection, Self.welcome)
        for _ in 0..<1024 { _ = await script.line() }
        server.say(1, "OK n=0")
        _ = await script.line()
        server.say(1, "OK n=1")
        _ = await script.line()
        // An answer to what has not been sent yet would be against the protocol.
        for number in 2..<1500 {
            server.say(1, "OK n=\(number)")
            if number + 1024 < 1500 { _ = await script.line() }
        }
        var arrived = answers.makeAsyncIterator()
        for number in 0..<1500 { #expect(await arrived.next() == Int64(number)) }
        await client.close()
        await server.stop()
    }

    @Test("nothing said for a while: a PING keeps the session alive")
    func keepAlive() async throws {
        let server = try await ScriptedServer()
        var script = server.happenings.makeAsyncIterator()
        var settings = configuration([server.endpoint])
        settings.pingInterval = .milliseconds(20)
        let client = SwitchboardClient(settings)
        async let welcome = client.connect()
        server.say(await script.line().connection, Self.welcome)
        _ = try await welcome
        for _ in 0..<3 {
            let ping = await script.line()
            #expect(ping.text == "PING")
            server.say(ping.connection, "OK status=serving")
        }
        await client.close()
        await server.stop()
    }

    @Test("a line that is none of the protocol's ends the connection, not the client")
    func violation() async throws {
        let server = try await ScriptedServer()
        var script = server.happenings.makeAsyncIterator()
        let client = SwitchboardClient(configuration([server.endpoint]))
        async let answer = client.request(Request("INFO"))
        server.say(await script.line().connection, Self.welcome)
        server.say(await script.line().connection, "HTTP/1.1 200 OK")
        let again = await script.line()
        #expect(again.connection == 2)
        server.say(2, Self.welcome)
        #expect(await script.line().text == "INFO")
        server.say(2, "OK version=1")
        #expect(try await answer["version"] == "1")
        await client.close()
        await server.stop()
    }

    @Test("lists are read page after page")
    func pages() async throws {
        let server = try await ScriptedServer()
        var script = server.happenings.makeAsyncIterator()
        let client = SwitchboardClient(configuration([server.endpoint]))
        async let rows = client.rows("AGENTS", [Field("state", "ready")])
        server.say(await script.line().connection, Self.welcome)
        #expect(await script.line().text == "AGENTS state=ready")
        server.say(1, "ROW id=a", "ROW id=b", "OK count=2 after=b")
        #expect(await script.line().text == "AGENTS state=ready after=b")
        server.say(1, "ROW id=c", "OK count=1")
        #expect(try await rows.map { $0["id"] } == ["a", "b", "c"])
        await client.close()
        await server.stop()
    }

    @Test("an async request that was closed upon hears it")
    func closing() async throws {
        let server = try await ScriptedServer()
        var script = server.happenings.makeAsyncIterator()
        let client = SwitchboardClient(configuration([server.endpoint]))
        let answer = Task { try await client.request(Request("INFO")) }
        server.say(await script.line().connection, Self.welcome)
        _ = await script.line()
        await client.close()
        await #expect(throws: ClientError.closed) { try await answer.value }
        await server.stop()
    }
}
