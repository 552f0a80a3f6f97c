import Postgres
import Routing
import Testing

@testable import Storage

@Suite struct LeaseTests {
    @Test("another folder stands by until the lease ends, and is told who has it")
    func standby() async throws {
        let test = try await TestStore()
        let store = try await test.open()
        var other = test.settings
        other.holder = "folder-2"
        guard case .held(let holder, let remaining) = try await test.tryOpen(other) else {
            Issue.record("two daemons have the lease")
            return
        }
        #expect(holder == "folder-1")
        #expect(remaining > .seconds(2) && remaining <= .seconds(4))

        await store.close()  // Gives the lease back.
        let next = try await test.open(other)
        #expect(next.epoch == store.epoch + 1)
        await next.close()
    }

    @Test("a lease that nobody renews runs out")
    func expiry() async throws {
        let test = try await TestStore()
        var brief = test.settings
        brief.lease = .milliseconds(200)
        let old = try await test.open(brief)
        #expect(await old.renew().isDone)  // From its first job on, the writer renews only when it is asked.
        var other = test.settings
        other.holder = "folder-2"
        while true {
            if case .opened(let new) = try await test.tryOpen(other) {
                #expect(await old.commit(old.batch()).isDeposed)
                #expect(await old.renew().isDeposed)
                #expect(await new.commit(new.batch()).isDone)
                await new.close()
                break
            }
        }
        await old.close()
    }

    @Test("the same folder takes the lease at once, with a new epoch, and the old one is deposed")
    func sameHolder() async throws {
        let test = try await TestStore()
        let old = try await test.open()
        #expect(await old.commit(old.batch()).isDone)
        let new = try await test.open()
        #expect(new.epoch == old.epoch + 1)
        #expect(new.state.batch == 1)
        #expect(await old.commit(old.batch(2)).isDeposed)
        #expect(await new.commit(new.batch()).isDone)
        await old.close()
        // The end of a deposed writer does not end the new one's lease.
        var other = test.settings
        other.holder = "folder-2"
        guard case .held = try await test.tryOpen(other) else {
            Issue.record("the deposed writer gave back a lease that was not its own")
            return
        }
        await new.close()
    }

    @Test("until its first job the writer keeps the lease alive by itself")
    func start() async throws {
        let test = try await TestStore()
        var brief = test.settings
        brief.lease = .milliseconds(100)
        let store = try await test.open(brief)
        let granted = "SELECT lease_until FROM switchboard.engine"
        let first = try await test.sql(granted)
        var renewals = 0
        var last = first
        while renewals < 5 {
            let now = try await test.sql(granted)
            if now != last { renewals += 1 }
            last = now
        }
        #expect(await store.renew().isDone)
        await store.close()
    }

    @Test("a database that has run at another clock speed is refused with both speeds")
    func clockSpeed() async throws {
        let test = try await TestStore()
        await (try test.open()).close()
        var fast = test.settings
        fast.clockSpeed = 200
        let error = try #require(try await test.openingFailure(fast))
        #expect(error.code == .otherClockSpeed)
        #expect(
            error.description
                == "this database has run at clock speed 1, not 200. Start with the same clock speed, or use another database."
        )
        #expect(try await test.sql("SELECT epoch FROM switchboard.engine") == "1")
    }

    @Test("the clock starts at the first start's time and goes on from the last batch")
    func clock() async throws {
        let test = try await TestStore()
        let first = try await test.open()
        #expect(first.state.recovered.engine.clock == TestStore.start)
        #expect(first.state.recovered.engine.nextID == 1)
        var batch = first.batch()
        batch.engine.clock = TestStore.start + .hours(1)
        #expect(await first.commit(batch).isDone)
        await first.close()
        var later = test.settings
        later.now = TestStore.start + .days(1)
        let second = try await test.open(later)
        #expect(second.state.recovered.engine.clock == TestStore.start + .hours(1))
        await second.close()
    }

    @Test("the ids of a site begin above its number")
    func site() async throws {
        let test = try await TestStore()
        var settings = test.settings
        settings.site = 3
        let store = try await test.open(settings)
        #expect(store.state.recovered.engine.nextID == 3 << 48 + 1)
        await store.close()
    }
}

@Suite struct FenceTests {
    @Test("only the next batch of the present epoch is committed", arguments: [-1, 0, 2, 100])
    func wrongBatch(offset: Int64) async throws {
        let test = try await TestStore()
        let store = try await test.open()
        #expect(await store.commit(store.batch(1)).isDone)
        #expect(await store.commit(store.batch(2)).isDone)
        let wrong = store.batch(3 + offset - (offset > 0 ? 1 : 0), events: [Sample.event(1)])
        #expect(await store.commit(wrong).isDeposed == (wrong.number != 3))
        #expect(try await test.sql("SELECT count(*) FROM switchboard.event") == (wrong.number == 3 ? "1" : "0"))
        await store.close()
    }

    @Test("a wrong epoch raises SB001 and says where the site stands")
    func wrongEpoch() async throws {
        let test = try await TestStore()
        let store = try await test.open()
        let error = await #expect(throws: PostgresError.self) {
            try await test.sql(
                """
                SELECT switchboard.fence(
                    0::smallint, 7, 1, 0, 1, now(), 0, 0, 0, 0, 0, false, NULL, interval '4 seconds')
                """)
        }
        #expect(error?.sqlState == "SB001")
        #expect(error?.detail == "The site is at batch 0 of epoch 1, held by folder-1.")
        await store.close()
    }
}
