import Foundation
import Logging
import Plan
import Routing
import Server
import Storage
import Synchronization

/// What a daemon is started with.
struct DaemonOptions: Sendable {
    var dataDirectory: String
    /// nil: no TCP port.
    var tcp: (host: String, port: Int)?
    /// The Unix socket; nil: in the data folder.
    var socket: String?
    /// nil: a private PostgreSQL in the data folder.
    var databaseURL: String?
    var clockSpeed: Int64 = 1
    /// Put into force at the start where another is; nil: the one that is stored, at first the default plan.
    var plan: RoutingPlan?
    var allowsInsecureListen = false
}

/// Why a daemon does not start or go on; for people.
struct DaemonError: Error, CustomStringConvertible {
    var description: String
}

/// The whole daemon: data folder, PostgreSQL, line port, engine.
final class Daemon: Sendable {
    static let version = "0.1.0"
    /// How long a start waits for a PostgreSQL that is not there, between two tries.
    private static let retryDelay = Duration.milliseconds(500)
    /// Between two tries to take a lease that is about to lapse.
    private static let retryDelayMin = Duration.milliseconds(20)
    /// How often the private PostgreSQL is looked at; one that does not answer is started again.
    private static let clusterCheckPeriod = Duration.seconds(3)

    private struct Parts {
        var cluster: PrivateCluster?
        var store: OpenedStore?
        var reader: JournalReader?
        var upkeep: Upkeep?
        var background: [Task<Void, Never>] = []
        var hasSocket = false
    }

    let options: DaemonOptions
    let folder: DataFolder
    let server: SwitchboardServer
    let socketPath: String
    private let log: Logger
    private let parts = Mutex(Parts())
    private let plan: CompiledPlan

    /// Takes the data folder and starts the engine thread; nothing is open yet.
    init(_ options: DaemonOptions, log: Logger) throws {
        if let tcp = options.tcp, !Self.isLoopback(tcp.host), !options.allowsInsecureListen {
            throw DaemonError(
                description: "--listen \(tcp.host):\(tcp.port) is not a loopback address, and there is no TLS yet: "
                    + "add --insecure-listen if everybody who reaches it may read what goes over it")
        }
        guard options.clockSpeed >= 1 else {
            throw DaemonError(description: "--clock-speed \(options.clockSpeed): use a whole number from 1")
        }
        self.options = options
        self.log = log
        folder = try DataFolder(options.dataDirectory)
        socketPath = options.socket ?? Defaults.socket(in: folder.path)
        do {
            plan = try (options.plan ?? RoutingPlan()).compile(version: 0, clockSpeed: options.clockSpeed)
        } catch {
            throw DaemonError(description: "the plan is faulty at \(error.path): \(error.message)")
        }
        server = SwitchboardServer(
            settings: ServerSettings(version: Self.version, clockSpeed: options.clockSpeed, ownerID: getuid()),
            plan: plan, log: log)
    }

    /// Opens the ports; clients are told `starting` until `run` has got so far. Returns the TCP port.
    @discardableResult
    func open() async throws -> Int? {
        do {
            try await server.open(.unix(path: socketPath))
            parts.withLock { $0.hasSocket = true }
            chmod(socketPath, 0o666)
            guard let tcp = options.tcp else { return nil }
            return try await server.open(.tcp(host: tcp.host, port: tcp.port))
        } catch {
            throw DaemonError(description: error.message)
        }
    }

    /// Starts PostgreSQL where it is ours, waits for the lease, brings back the state and serves.
    func run() async throws {
        let conninfo: String
        if let url = options.databaseURL {
            conninfo = url
        } else {
            let log = log
            let path = folder.path
            let cluster = try await Self.blocking {
                try PrivateCluster.start(in: path) { log.info("\($0)") }
            }
            parts.withLock { $0.cluster = cluster }
            watch(cluster)
            conninfo = cluster.connectionInfo
        }
        var settings = StoreSettings(
            conninfo: conninfo, holder: folder.identifier.uuidString.lowercased(),
            now: Instant(microseconds: Int64(Date().timeIntervalSince1970 * 1e6)))
        settings.clockSpeed = Double(options.clockSpeed)
        settings.keyWindow = Routing.Limits.keyWindow
        let store = try await openStore(settings)
        let reader = store.makeReader()
        parts.withLock {
            $0.store = store
            $0.reader = reader
        }
        server.serve(try await firstBatch(of: store, reader: reader))
    }

    /// Ends when the daemon cannot go on; says why.
    func failed() async -> String { await server.failed() }

    /// Answers what was taken in, then closes everything in the order opposite to the start.
    func stop() async {
        let (background, store, reader, upkeep, cluster) = parts.withLock {
            ($0.background, $0.store, $0.reader, $0.upkeep, $0.cluster)
        }
        for task in background { task.cancel() }
        await server.stop()
        // One of them may be bringing PostgreSQL back at this moment.
        for task in background { await task.value }
        let log = log
        try? await Self.blocking {
            store?.writer.stop()
            reader?.stop()
            upkeep?.stop()
            do {
                try cluster?.stop(within: 5)
            } catch {
                log.error("PostgreSQL did not stop: \(error)")
            }
        }
        // One that could not be opened is another daemon's.
        if parts.withLock({ $0.hasSocket }) { unlink(socketPath) }
        folder.release()
    }

    // MARK: The store

    /// Tries until the lease is ours. Meanwhile clients hear `starting`, or `standby` where another daemon serves.
    private func openStore(_ settings: StoreSettings) async throws -> OpenedStore {
        let server = server
        let outage = OutageLog(log)
        var lastWord = ""
        while true {
            try Task.checkCancellation()
            var delay = Self.retryDelay
            var settings = settings
            settings.now = Instant(microseconds: Int64(Date().timeIntervalSince1970 * 1e6))
            let attempt = settings
            do {
                let opening = try await Self.blocking {
                    try Store.open(attempt) { state in
                        outage.tell(state)
                        if case .away = state { server.storageIsAway(true) } else { server.storageIsAway(false) }
                    }
                }
                switch opening {
                case .opened(let store): return store
                case .held(let holder, let remaining):
                    server.standBy()
                    // Not later than the lease can lapse: it decides how long nobody serves.
                    delay = min(delay, max(remaining, Self.retryDelayMin))
                    say("another daemon (data folder \(holder)) serves this database: standing by", after: &lastWord)
                }
            } catch let error as StorageError where error.isTransient {
                say("PostgreSQL is not there yet: \(error)", after: &lastWord)
            }
            try await Task.sleep(for: delay)
        }
    }

    private func say(_ word: String, after last: inout String) {
        if word != last { log.notice("\(word)") }
        last = word
    }

    /// What a start itself writes: the first admin token, and the plan where it is not the stored one.
    private func firstBatch(of store: OpenedStore, reader: JournalReader) async throws -> Opened {
        var state = store.state
        var tokens: [TokenRow] = []
        if state.tokens.isEmpty {
            let secret = try folder.adminToken() ?? TokenBook.makeSecret()
            // The file first: after a kill in between the next start finds it and uses it.
            if try folder.adminToken() == nil { try folder.writeAdminToken(secret) }
            tokens = [
                TokenRow(
                    id: 1, role: Role.admin.rawValue, name: "first",
                    digest: TokenBook.digest(of: secret.utf8), createdAt: state.recovered.engine.clock)
            ]
        }
        let desk = DocumentDesk(clockSpeed: options.clockSpeed)
        var compiled = try storedPlan(state.plans.last, desk, at: state.recovered.engine.clock) ?? plan
        var version = state.plans.last?.version ?? 0
        var plans: [PlanRow] = []
        let document = options.plan.map(\.document) ?? state.plans.last?.body ?? RoutingPlan().document
        if state.plans.last.map({ $0.body != document }) ?? true {
            version += 1
            compiled = plan
            plans = [PlanRow(version: version, at: state.recovered.engine.clock, author: "serve", body: document)]
        }
        if !tokens.isEmpty || !plans.isEmpty {
            var changes = Changes()
            if !plans.isEmpty {
                state.recovered.engine.seq += 1
                changes.events = [
                    Event(
                        seq: state.recovered.engine.seq, at: state.recovered.engine.clock, type: .planPublished,
                        inquiry: 0, agent: "", queue: "",
                        details: [EventDetail(.version, .integer(Int64(version)))])
                ]
            }
            state.batch += 1
            let batch = JournalBatch(
                number: state.batch, engine: state.recovered.engine, changes: changes, tokens: tokens, plans: plans)
            try await commit(batch, to: store.writer)
        }
        compiled.version = version
        // As the engine's: at another speed it stood still while nobody ran it.
        let stopped = state.recovered.engine.clock
        let wall = Instant(microseconds: Int64(Date().timeIntervalSince1970 * 1e6))
        let clock = options.clockSpeed == 1 ? max(wall, stopped) : stopped
        let upkeep = Upkeep(
            store.makeSweeper(), clock: clock, speed: options.clockSpeed, plan: document, log: log)
        start(upkeep)
        return Opened(
            recovered: state.recovered, tokens: (state.tokens + tokens).compactMap(TokenRecord.init),
            batch: state.batch, epoch: store.epoch, plan: compiled,
            earlier: earlierPlans(of: state, than: version, desk), plans: (state.plans + plans).map(PlanRecord.init),
            desk: desk, journal: StoreJournal(writer: store.writer, upkeep: upkeep), log: StoreLog(reader: reader))
    }

    /// The plan that was in force, where no other is asked for.
    private func storedPlan(_ row: PlanRow?, _ desk: DocumentDesk, at clock: Instant) throws -> CompiledPlan? {
        guard let row, options.plan == nil else { return nil }
        let reading = desk.read(row.body, over: [], agents: [], at: clock)
        guard let plan = reading.plan else {
            let fault = reading.faults.first.map { "\($0.path): \($0.message)" } ?? "it cannot be read"
            throw DaemonError(
                description: "version \(row.version) of the plan, which was in force, is faulty: \(fault)")
        }
        return plan
    }

    /// The versions whose policies some inquiries still go by.
    private func earlierPlans(of state: StoredState, than version: Int32, _ desk: DocumentDesk) -> [CompiledPlan] {
        let definitions = state.recovered.inquiries.compactMap(\.definition)
        let versions = Set(definitions.filter { !$0.policy.isEmpty }.map(\.policyVersion)).subtracting([version])
        return state.plans.filter { versions.contains($0.version) }.compactMap { row in
            var plan = desk.read(row.body, over: [], agents: [], at: state.recovered.engine.clock).plan
            plan?.version = row.version
            if plan == nil { log.warning("version \(row.version) of the plan cannot be read any more") }
            return plan
        }
    }

    private func commit(_ batch: JournalBatch, to writer: JournalWriter) async throws {
        let outcome = await withCheckedContinuation { continuation in
            writer.commit(batch) { continuation.resume(returning: $0) }
        }
        switch outcome {
        case .done: return
        case .deposed: throw DaemonError(description: "another daemon has taken the lease during the start")
        case .refused(let error, let row): throw DaemonError(description: "PostgreSQL refused \(row): \(error)")
        case .stopped: throw CancellationError()
        }
    }

    /// Brings the private PostgreSQL back when it has died: nobody else would.
    private func watch(_ cluster: PrivateCluster) {
        let log = log
        let path = folder.path
        let task = Task {
            var cluster = cluster
            while (try? await Task.sleep(for: Self.clusterCheckPeriod)) != nil {
                if cluster.answers { continue }
                log.error("the private PostgreSQL does not answer: starting it again")
                do {
                    cluster = try await Self.blocking { try PrivateCluster.start(in: path) { log.info("\($0)") } }
                } catch {
                    log.error("it did not start: \(error)")
                }
            }
        }
        parts.withLock { $0.background.append(task) }
    }

    private func start(_ upkeep: Upkeep) {
        let task = Task { await upkeep.run() }
        parts.withLock {
            $0.background.append(task)
            $0.upkeep = upkeep
        }
    }

    // MARK: Small steps

    /// Runs what blocks on a thread of its own.
    private static func blocking<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value
    {
        try await withCheckedThrowingContinuation { continuation in
            let thread = Thread { continuation.resume(with: Result { try body() }) }
            thread.stackSize = 4 << 20
            thread.start()
        }
    }

    static func isLoopback(_ host: String) -> Bool {
        host == "localhost" || host == "::1" || host.hasPrefix("127.")
    }

    /// For the start's report: where everything is.
    var whereabouts: [(String, String)] {
        var lines = [
            ("data folder", folder.path), ("Unix socket", socketPath), ("admin token", folder.adminTokenFile),
        ]
        if let cluster = parts.withLock({ $0.cluster }) {
            lines.append(("PostgreSQL", cluster.description))
            lines.append(("its log", cluster.logFile))
            lines.append(("look inside", cluster.shellCommand))
        } else {
            lines.append(("PostgreSQL", "as given"))
        }
        return lines
    }
}
