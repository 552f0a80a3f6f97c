import Dispatch
import LineProtocol
import Logging
import Routing

// The routing plan: shown, checked, published, rolled back. Documents are read off this thread; the session is parked
// meanwhile.

/// A document that is read, and what for.
struct PlanReadingJob: Sendable {
    enum Purpose: Sendable {
        case check
        case publish(ifVersion: Int32?, note: String)
    }

    var request: Request
    var purpose: Purpose
    var reading: PlanReading
}

/// What versions of the plan changed, for whoever asked.
struct PlanComparisonJob: Sendable {
    var request: Request
    /// Those that the history was asked for, the newest first; none where an admin is told what came in between.
    var versions: [PlanRecord]
    /// A list of lines for each pair that was compared.
    var changes: [[String]]
}

extension Core {
    func planGet(_ request: Request, _ session: Session) {
        let version = request.integer(.version).map { Int32(clamping: $0) } ?? engine.plan.version
        guard let record = plans[version] else { return refuse(noPlan: version, session, request) }
        ok(session, request) {
            $0.field("version", integer: Int64(version))
            $0.field("body", json: record.document[...])
        }
    }

    func planCheck(_ request: Request, _ session: Session) {
        read(Array(request.value(.body) ?? []), .check, request, session)
    }

    func planPut(_ request: Request, _ session: Session) {
        publish(Array(request.value(.body) ?? []), request, session)
    }

    func planPatch(_ request: Request, _ session: Session) {
        guard let present = plans[engine.plan.version], let patch = request.value(.body) else {
            return refuse(noPlan: engine.plan.version, session, request)
        }
        publish(JSONMergePatch.apply(patch, to: present.document[...]), request, session)
    }

    func planRollback(_ request: Request, _ session: Session) {
        let version = Int32(clamping: request.integer(.version) ?? 0)
        guard let record = plans[version] else { return refuse(noPlan: version, session, request) }
        publish(record.document, note: "rollback to \(version)", request, session)
    }

    private func refuse(noPlan version: Int32, _ session: Session, _ request: Request) {
        refuse(session, request, .notFound, "there is no plan version \(version)", field: "version")
    }

    // MARK: Reading

    private func publish(_ document: [UInt8], note: String = "", _ request: Request, _ session: Session) {
        let ifVersion = request.integer(.ifVersion).map { Int32(clamping: $0) }
        if let ifVersion, ifVersion != engine.plan.version { return compare(since: ifVersion, request, session) }
        read(
            document, .publish(ifVersion: ifVersion, note: request.word(.note) ?? note), request,
            session)
    }

    private func read(
        _ document: [UInt8], _ purpose: PlanReadingJob.Purpose, _ request: Request, _ session: Session
    ) {
        guard let desk else { return refuseUnavailable(session, request) }
        session.isParked = true
        let link = session.link.id
        let present = plans[engine.plan.version]?.document ?? []
        let agents = engine.agentCount <= ServerLimits.agentsOfPlan ? engine.agentDefinitions : []
        planReader.async { [mailbox, now = clock.last] in
            let reading = desk.read(document, over: present, agents: agents, at: now)
            mailbox.post(.planRead(link, PlanReadingJob(request: request, purpose: purpose, reading: reading)))
        }
    }

    func planRead(_ link: UInt64, _ job: PlanReadingJob) {
        guard let session = sessions[link] else { return }
        session.isParked = false
        output.clear()
        switch job.purpose {
        case .check: atOnceIfAway(session) { answerCheck(job, session) }
        case .publish(let ifVersion, let note): publish(job, ifVersion: ifVersion, note: note, session)
        }
        harvest(cause: session)
        // Unless it waits for a comparison now.
        if !session.isParked { unpark(link) }
    }

    private func answerCheck(_ job: PlanReadingJob, _ session: Session) {
        session.saysCommitted = false
        defer { session.saysCommitted = true }
        guard !refuseFaulty(job, session) else { return }
        writeWarnings(job, session)
        writeChanges(job.reading.changes, job.request, session)
        ok(session, job.request) {
            $0.field("version", integer: Int64(engine.plan.version))
            $0.field("warnings", integer: Int64(job.reading.warnings.count))
            $0.field("changes", integer: Int64(job.reading.changes.count))
        }
    }

    /// Tells every fault of the document; false where there is none.
    private func refuseFaulty(_ job: PlanReadingJob, _ session: Session) -> Bool {
        let faults = job.reading.faults
        if faults.isEmpty { return false }
        for fault in faults {
            row(session, job.request) {
                $0.field("path", text: fault.path)
                $0.field("error", text: fault.message)
            }
        }
        writeWarnings(job, session)
        let message = faults.count == 1 ? "the plan has a fault" : "the plan has \(faults.count) faults"
        refuse(session, job.request, job.reading.isTooLarge ? .tooLarge : .badArgument, message, field: "body")
        return true
    }

    private func writeWarnings(_ job: PlanReadingJob, _ session: Session) {
        for warning in job.reading.warnings {
            row(session, job.request) {
                $0.field("path", text: warning.path)
                $0.field("warning", text: warning.message)
            }
        }
    }

    private func writeChanges(_ changes: [String], _ request: Request, _ session: Session) {
        for change in changes { row(session, request) { $0.field("change", text: change) } }
    }

    // MARK: Publishing

    private func publish(_ job: PlanReadingJob, ifVersion: Int32?, note: String, _ session: Session) {
        guard !refuseFaulty(job, session), var plan = job.reading.plan else { return }
        // Another admin may have been quicker.
        if let ifVersion, ifVersion != engine.plan.version { return compare(since: ifVersion, job.request, session) }
        writeWarnings(job, session)
        if job.reading.document == plans[engine.plan.version]?.document {
            return ok(session, job.request) {
                $0.field("version", integer: Int64(engine.plan.version))
                $0.field("unchanged", flag: true)
            }
        }
        plan.version = engine.plan.version + 1
        let began = ContinuousClock.now
        if case .rejected(let rejection) = perform(.publish(plan)) { return refuse(session, job.request, rejection) }
        plans.lastStall = .now - began
        let record = PlanRecord(
            version: plan.version, at: clock.last, author: author(of: session), note: note,
            document: job.reading.document)
        plans.add(record)
        newPlans.append(record)
        writeChanges(job.reading.changes, job.request, session)
        ok(session, job.request) { $0.field("version", integer: Int64(plan.version)) }
        log.notice("plan published", metadata: ["version": "\(plan.version)", "author": "\(record.author)"])
    }

    private func author(of session: Session) -> String {
        let token = tokens.records.first { $0.id == session.source }
        return token.map { $0.name.isEmpty ? "token \($0.id)" : $0.name } ?? ""
    }

    // MARK: Differences

    /// Tells who meant to change an older version what has changed since, and changes nothing.
    private func compare(since version: Int32, _ request: Request, _ session: Session) {
        guard let older = plans[version], let newer = plans[engine.plan.version] else {
            return refuse(otherVersion: request, session)
        }
        compare([(older.document, newer.document)], of: [], request, session)
    }

    private func refuse(otherVersion request: Request, _ session: Session) {
        session.out.error(
            tag: request.tag, code: .conflict, message: "version \(engine.plan.version) is in force by now")
        session.out.field("field", text: "if_version")
        session.out.field("version", integer: Int64(engine.plan.version))
        finishAnswer(session)
    }

    private func compare(
        _ pairs: [(older: [UInt8], newer: [UInt8])], of versions: [PlanRecord], _ request: Request, _ session: Session
    ) {
        guard let desk else { return refuseUnavailable(session, request) }
        session.isParked = true
        let link = session.link.id
        planReader.async { [mailbox] in
            let changes = pairs.map { desk.changes(from: $0.older, to: $0.newer) }
            mailbox.post(
                .planCompared(link, PlanComparisonJob(request: request, versions: versions, changes: changes)))
        }
    }

    func planCompared(_ link: UInt64, _ job: PlanComparisonJob) {
        guard let session = sessions[link] else { return }
        output.clear()
        atOnceIfAway(session) {
            session.saysCommitted = false
            if job.request.verb == .planHistory {
                tellHistory(job, session)
            } else {
                for lines in job.changes { writeChanges(lines, job.request, session) }
                refuse(otherVersion: job.request, session)
            }
            session.saysCommitted = true
        }
        unpark(link)
    }

    func planHistory(_ request: Request, _ session: Session) {
        if let version = request.integer(.version).map({ Int32(clamping: $0) }), plans[version] == nil {
            return refuse(noPlan: version, session, request)
        }
        let versions = listed(request)
        let pairs = versions.map { (plans.predecessor(of: $0.version)?.document ?? [], $0.document) }
        compare(pairs, of: versions, request, session)
    }

    /// The versions of a page of the history, the newest first.
    private func listed(_ request: Request) -> [PlanRecord] {
        if let version = request.integer(.version) { return plans[Int32(clamping: version)].map { [$0] } ?? [] }
        let after = request.integer(.after).map { Int32(clamping: $0) } ?? .max
        let limit = Int(request.integer(.limit) ?? Int64(ServerLimits.planHistoryRows))
        return Array(plans.records.reversed().filter { after == .max || $0.version < after }.prefix(limit))
    }

    private func tellHistory(_ job: PlanComparisonJob, _ session: Session) {
        let request = job.request
        let isOfOne = request.integer(.version) != nil
        if isOfOne {
            writeChanges(job.changes.first ?? [], request, session)
        } else {
            for (record, lines) in zip(job.versions, job.changes) {
                row(session, request) {
                    $0.field("version", integer: Int64(record.version))
                    $0.field("time", instantMicroseconds: record.at.microseconds)
                    if !record.author.isEmpty { $0.field("author", text: record.author) }
                    if !record.note.isEmpty { $0.field("note", text: record.note) }
                    $0.field("changes", integer: Int64(lines.count))
                    if let first = lines.first { $0.field("first", text: first) }
                }
            }
        }
        ok(session, request) {
            $0.field("version", integer: Int64(engine.plan.version))
            $0.field("count", integer: Int64(isOfOne ? job.changes.first?.count ?? 0 : job.versions.count))
            if !isOfOne, let last = job.versions.last, plans.predecessor(of: last.version) != nil {
                $0.field("after", integer: Int64(last.version))
            }
        }
    }
}
