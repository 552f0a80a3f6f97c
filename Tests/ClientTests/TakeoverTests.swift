import Testing

@testable import Client

/// A daemon that does not answer and does not end its connection either, while another one may have taken over.
@Suite("A silent daemon", .timeLimit(.minutes(1)))
struct TakeoverTests {
    private static let welcome = "OK version=1 role=admin server=test session=1"

    private func configuration(_ endpoints: [Endpoint]) -> ClientConfiguration {
        ClientConfiguration(endpoints: endpoints, token: "secret", patience: .seconds(20))
    }

    @Test("it is waited for while no other one serves, and left for one that does, with what it left unanswered")
    func silence() async throws {
        let (first, second) = (try await ScriptedServer(), try await ScriptedServer())
        var firstScript = first.happenings.makeAsyncIterator()
        var secondScript = second.happenings.makeAsyncIterator()
        let client = SwitchboardClient(configuration([first.endpoint, second.endpoint]))
        async let answer = client.request(Request("SUBMIT", nil, [Field("channel", "chat"), Field("key", "k")]))
        first.say(await firstScript.line().connection, Self.welcome)
        #expect(await firstScript.line().text == "SUBMIT channel=chat key=k")
        // It stands by: the silent one may be waiting for PostgreSQL.
        for _ in 1...2 {
            let ping = await secondScript.line()
            #expect(ping.text == "PING")
            second.say(ping.connection, "OK time=2026-03-02T00:00:00.000Z status=standby")
        }
        let ping = await secondScript.line()
        second.say(ping.connection, "OK time=2026-03-02T00:00:01.000Z status=serving")
        let hello = await secondScript.line()
        #expect(hello.text == "HELLO version=1 token=secret")
        second.say(hello.connection, Self.welcome)
        let again = await secondScript.line()
        #expect(again.connection == hello.connection)
        #expect(again.text == "SUBMIT channel=chat key=k")
        second.say(again.connection, "OK id=1 state=waiting")
        #expect(try await answer["id"] == "1")
        // The only connection that the silent one had is closed.
        #expect(await firstScript.next().map(isEnd) == true)
        await client.close()
        await first.stop()
        await second.stop()
    }

    @Test("one that takes connections and does not greet is passed by")
    func noGreeting() async throws {
        let (first, second) = (try await ScriptedServer(), try await ScriptedServer())
        var secondScript = second.happenings.makeAsyncIterator()
        let client = SwitchboardClient(configuration([first.endpoint, second.endpoint]))
        async let welcome = client.connect()
        let began = ContinuousClock.now
        second.say(await secondScript.line().connection, Self.welcome)
        #expect(try await welcome["role"] == "admin")
        #expect(ContinuousClock.now - began < .seconds(4))
        await client.close()
        await first.stop()
        await second.stop()
    }

    private func isEnd(_ happening: ScriptedServer.Happening) -> Bool {
        if case .disconnected = happening { true } else { false }
    }
}
