// What the plan's rules make of a submission.

extension Engine {
    /// Where a submission goes and what it asks for, after the rules.
    struct Admission {
        var demand: Demand
        var priority: Int32
        var prefer: [SkillRequirement]
        /// The rules that matched, and those that could not be evaluated, for the event.
        var matched: [String] = []
        var failed: [String] = []
    }

    /// An explicit field of the request beats the rules unless they force; rules beat defaults. Among rules the last
    /// queue wins, priorities add up, and skills merge by the higher level.
    /// - Parameters:
    ///   - queue: where it is when neither says.
    ///   - priority: the same.
    mutating func admit(byRules submission: Submission, else queue: QueueIndex, _ priority: Int32) -> Admission {
        var admission = Admission(
            demand: Demand(
                queue: submission.queue ?? queue,
                parts: ContiguousArray(submission.skills.map { Self.part($0, .request) })),
            priority: submission.priority ?? priority, prefer: submission.prefer)
        if !plan.rules.isEmpty { applyRules(submission, to: &admission) }
        admission.demand.parts += queueParts[Int(admission.demand.queue)]
        return admission
    }

    private mutating func applyRules(_ submission: Submission, to admission: inout Admission) {
        guard let conditions = plan.conditions else { return }
        var input = ruleInput(of: submission)
        // What would be nice to have: what the request says and no rule forces otherwise, and what rules add.
        var said = submission.prefer
        var added: [SkillRequirement] = []
        var given = false
        var points: Int64 = 0
        for number in plan.rules.indices {
            switch conditions.verdict(ofRule: number, on: &input) {
            case .differs: continue
            case .fails:
                ruleFailures[number] += 1
                admission.failed.append(plan.rules[number].name)
                continue
            case .matches: break
            }
            let rule = plan.rules[number]
            admission.matched.append(rule.name)
            if let queue = rule.queue, submission.queue == nil || rule.force { admission.demand.queue = queue }
            if let priority = rule.priority, submission.priority == nil || rule.force {
                given = true
                points += Int64(priority)
            }
            let explicit = rule.force ? [] : submission.skills
            for skill in requirements(ofPlan: rule.skills) where !explicit.contains(where: { $0.skill == skill.skill })
            {
                if rule.force { admission.demand.parts.removeAll { $0.skill == skill.skill && $0.source == .request } }
                admission.demand.parts.append(Self.part(skill, .rule(ruleNames[number])))
            }
            let wanted = requirements(ofPlan: rule.prefer).filter { skill in
                rule.force || !submission.prefer.contains { $0.skill == skill.skill }
            }
            said.removeAll { skill in wanted.contains { $0.skill == skill.skill } }
            merge(wanted, into: &added)
            if rule.stop { break }
        }
        if given { admission.priority = Limits.clamp(points) }
        admission.prefer = Array((said + added).prefix(Limits.skillsPerInquiry))
    }

    /// Adds by the higher level.
    private func merge(_ skills: [SkillRequirement], into prefer: inout [SkillRequirement]) {
        for skill in skills {
            if let known = prefer.firstIndex(where: { $0.skill == skill.skill }) {
                prefer[known].level = max(prefer[known].level, skill.level)
            } else {
                prefer.append(skill)
            }
        }
    }

    /// For EXPLAIN.
    mutating func rememberFailed(_ failed: [String], _ slot: UInt32) {
        if failed.isEmpty { return }
        let particulars = particulars(of: slot)
        self.particulars[particulars].failed += failed
    }

    func ruleInput(of submission: Submission) -> RuleInput {
        let customer = submission.texts.customer
        // Where nobody asks the store, what memory happens to hold may not decide.
        let isAsked = plan.continuity.contains(.lastAgent)
        let lastAgent = isAsked ? submission.lastAgent ?? lastKnownAgent(ofCustomer: customer) : nil
        return RuleInput(
            channel: plan.channels[Int(submission.channel)].name,
            queue: submission.queue.map { plan.queues[Int($0)].name }, priority: submission.priority,
            skills: names(of: submission.skills), texts: submission.texts, source: submission.source, now: now,
            openInquiries: openInquiries(ofCustomer: customer),
            lastAgent: lastAgent.map { agentTexts[Int($0)].id } ?? "")
    }

    /// Which rules had their part in it, and the version of the plan that they are from.
    func details(of admission: Admission) -> [EventDetail] {
        if admission.matched.isEmpty && admission.failed.isEmpty { return [] }
        var details = [EventDetail(.plan, .integer(Int64(plan.version)))]
        if !admission.matched.isEmpty {
            details.append(EventDetail(.rules, .names(admission.matched)))
        }
        if !admission.failed.isEmpty {
            details.append(EventDetail(.failedRules, .names(admission.failed)))
        }
        return details
    }

    /// How often each rule of the plan could not be evaluated since the plan was published, or the process began.
    package var rulesThatFailed: [(name: String, times: Int64)] {
        plan.rules.indices.filter { ruleFailures[$0] > 0 }.map { (plan.rules[$0].name, ruleFailures[$0]) }
    }
}
