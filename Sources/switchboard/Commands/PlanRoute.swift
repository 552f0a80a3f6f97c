import ArgumentParser
import LineProtocol
import Plan
import Routing

/// Says what a plan makes of an inquiry.
struct PlanRoute: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "route", abstract: "Say what a plan makes of an inquiry, and why.",
        discussion: """
            Where it would stand, who asks for each skill, which rules match, and what the steps of its queues do to it \
            while nobody takes it: by the engine itself, on a clock of its own. An inquiry is an object with the fields \
            of SUBMIT: channel, queue, priority, skills, prefer, customer, subject, key, attrs; and source, the number \
            of the token.
            """)

    @Option(help: ArgumentHelp("The inquiry, such as {\"channel\": \"chat\"}.", valueName: "json"))
    var inquiry: String

    @Option(help: ArgumentHelp("The plan; without it the default plan.", valueName: "file"))
    var plan: String?

    @Option(help: ArgumentHelp("When it is submitted, such as 2026-03-02T09:00:00+09:00; now.", valueName: "time"))
    var at: String?

    func run() throws {
        let plan = try plan.map { try PlanFile.plan($0) } ?? RoutingPlan()
        do {
            let lines = try RouteTrial.lines(
                plan, try plan.compile(version: 1), try TrialInquiry(json: Array(inquiry.utf8)), at: try moment())
            for line in lines { Terminal.line(line) }
        } catch let complaint as TrialInquiry.Complaint {
            Terminal.complain(complaint.message)
            throw Failure.refused
        }
    }

    private func moment() throws -> Instant {
        guard let at else { return .current }
        guard let microseconds = WireTime.parseInstant(Array(at.utf8).span) else {
            throw ValidationError("--at \(at): use a time such as 2026-03-02T09:00:00Z")
        }
        return Instant(microseconds: microseconds)
    }
}
