import LineProtocol
import Testing

@Suite("The verb table")
struct VerbTableTests {
    @Test("has every verb at its place, with words that name it in any case")
    func order() {
        #expect(VerbTable.all.map(\.verb) == Verb.allCases)
        for spec in VerbTable.all {
            #expect(VerbTable.spec(spec.verb).words == spec.words)
            #expect(VerbTable.verb(named: spec.words) == spec.verb)
            #expect(VerbTable.verb(named: spec.words.lowercased()) == spec.verb)
            #expect(!spec.summary.isEmpty && !spec.roles.isEmpty)
            #expect(spec.errors.contains(.internalError))
            #expect(Set(spec.errors.map(\.rawValue)).count == spec.errors.count, "\(spec.words)")
        }
        #expect(VerbTable.verb(named: "AGENT") == nil)
        #expect(VerbTable.verb(named: "a verb that is longer than any") == nil)
    }

    @Test("uses every key, none twice in one verb, each key fits a bit and a packed word")
    func keys() {
        var used: Set<FieldKey> = [.id]
        for spec in VerbTable.all {
            #expect(Set(spec.fields.map(\.key)).count == spec.fields.count)
            used.formUnion(spec.fields.map(\.key))
        }
        #expect(used == Set(FieldKey.allCases))
        #expect(FieldKey.allCases.count <= 64)
        #expect(FieldKey.allCases.allSatisfy { (1...16).contains($0.name.utf8.count) })
        #expect(Set(FieldKey.allCases.map(\.name)).count == FieldKey.allCases.count)
    }

    @Test(
        "makes usage lines",
        arguments: [
            (
                Verb.submit,
                "SUBMIT channel=NAME [key=TEXT] [customer=TEXT] [subject=TEXT] [skills=NAME:LEVEL,…] "
                    + "[prefer=NAME:LEVEL,…] [queue=NAME] [priority=-100..100] [agent=NAME] [hold=DURATION] [at=TIME] "
                    + "[attrs={…}]"
            ),
            // What comes later is not shown.
            (
                .update,
                "UPDATE id [priority=-100..100] [skills=NAME:LEVEL,…] [prefer=NAME:LEVEL,…] [queue=NAME] "
                    + "[subject=TEXT] [attrs={…}] [reroute=true|false]"
            ),
            (.message, "MESSAGE id from=customer|agent [as=NAME]"),
            (.rate, "RATE id [csat=1..5] [nps=0..10] [comment=TEXT]"),
            (.transfer, "TRANSFER id [queue=NAME] [skills=NAME:LEVEL,…] [agent=NAME] [reason=TEXT] [as=NAME]"),
            (.next, "NEXT [channel=NAME] [as=NAME]"), (.hold, "HOLD id [as=NAME]"),
            (.explain, "EXPLAIN id [agent=NAME]"), (.assign, "ASSIGN id agent=NAME [force=true|false]"),
            (.requeue, "REQUEUE id [priority=-100..100]"), (.queuePause, "QUEUE PAUSE name"),
            (.agentDelete, "AGENT DELETE id"), (.agentsPut, "AGENTS PUT body={…} [check=true|false]"),
            (.hello, "HELLO version=1 token=TEXT [agent=NAME]"),
            (.complete, "COMPLETE id [disposition=TEXT] [outcome=resolved|unresolved] [as=NAME]"),
            (
                .agentPut,
                "AGENT PUT id [name=TEXT] [skills=NAME:LEVEL,…] [channels=NAME:LIMIT,…] [capacity=1..10000] [team=NAME]"
            ),
            (.get, "GET [id] [key=TEXT] [source=N]"), (.help, "HELP [verb]"), (.drain, "DRAIN [off=true|false]"),
            (
                .tokenCreate,
                "TOKEN CREATE role=admin|supervisor|gateway|upstream|agent [agent=NAME] [name=TEXT] [teams=NAME,…] "
                    + "[expires=TIME]"
            ),
        ])
    func usage(verb: Verb, usage: String) {
        #expect(VerbTable.spec(verb).usage == usage)
    }

    @Test(
        "gives each role its verbs",
        arguments: [
            (
                RoleSet.upstream,
                [
                    "HELLO", "PING", "HELP", "QUIT", "SUBMIT", "GET", "UPDATE", "MESSAGE", "RATE", "ABANDON", "CANCEL",
                    "WATCH", "UNWATCH",
                ]
            ),
            (
                .agent,
                [
                    "HELLO", "PING", "HELP", "QUIT", "GET", "MESSAGE", "READY", "AWAY", "OFFLINE", "MINE", "ACCEPT",
                    "DECLINE", "HOLD", "RESUME", "COMPLETE", "WRAPPED", "TRANSFER", "NEXT",
                ]
            ),
            (.admin, VerbTable.all.map(\.words)),
        ])
    func roles(role: RoleSet, words: [String]) {
        #expect(VerbTable.all.filter { $0.roles.contains(role) }.map(\.words) == words)
    }

    @Test("lets a supervisor read all and act for agents, not submit or administrate")
    func supervisor() {
        let verbs = VerbTable.all.filter { $0.roles.contains(.supervisor) }.map(\.verb)
        #expect(verbs.contains(.get) && verbs.contains(.stats) && verbs.contains(.agentGet) && verbs.contains(.accept))
        for verb in [Verb.explain, .assign, .requeue, .queuePause, .queueResume, .transfer, .next] {
            #expect(verbs.contains(verb))
        }
        for verb in [
            Verb.submit, .update, .rate, .abandon, .cancel, .agentPut, .agentDelete, .agentsPut, .tokenCreate,
            .customerForget, .drain, .info,
            .planGet, .planCheck, .planPut, .planPatch, .planHistory, .planRollback,
        ] {
            #expect(!verbs.contains(verb))
        }
    }

    @Test("lets only PING, HELP, QUIT and HELLO come before HELLO")
    func beforeHello() {
        #expect(VerbTable.all.filter(\.beforeHello).map(\.verb) == [.hello, .ping, .help, .quit])
    }

    @Test("knows which verbs answer rows")
    func paged() {
        #expect(
            VerbTable.all.filter(\.isPaged).map(\.verb)
                == [
                    .help, .mine, .agents, .agentsPut, .queues, .inquiries, .stats, .tokenList, .planCheck, .planPut,
                    .planPatch, .planHistory, .planRollback,
                ])
    }

    @Test("names the error codes as PROTOCOL §7 does")
    func errorCodes() {
        #expect(
            ErrorCode.allCases.map(\.name) == [
                "bad_request", "unknown_verb", "bad_argument", "unauthorized", "forbidden", "not_found", "conflict",
                "gone", "too_large", "limit", "unavailable", "internal",
            ])
        #expect(ErrorCode.allCases.allSatisfy { ErrorCode(name: $0.name) == $0 })
        #expect(ErrorCode(name: "?") == nil)
    }
}
