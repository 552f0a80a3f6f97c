// What an inquiry requires, and who says so: the request, rules, its queue, steps, people.

extension Engine {
    /// What the inquiry asks for now.
    func demand(of slot: UInt32) -> Demand {
        let requirement = Int(inquiries[slot].requirement)
        let stay = inquiries[slot].stay
        if stay != none { return Demand(queue: classes[requirement].queue, parts: stays[stay].parts) }
        return Demand(
            queue: classes[requirement].queue,
            parts: ContiguousArray(classes[requirement].skills.map { Self.part($0, .request) }))
    }

    /// What it would ask for in another queue, or where somebody has changed the skills by hand.
    func demand(of slot: UInt32, queue: QueueIndex?, skills: [SkillRequirement]?) -> Demand {
        var demand = demand(of: slot)
        if let skills {
            demand.parts.removeAll { !$0.source.isOfQueue }
            demand.parts += skills.map { Self.part($0, .hand) }
        }
        if let queue, queue != demand.queue { move(&demand, to: queue) }
        return demand
    }

    /// Leaves what the old queue required behind, and takes on what the new one does.
    func move(_ demand: inout Demand, to queue: QueueIndex) {
        demand.queue = queue
        demand.parts.removeAll { $0.source.isOfQueue }
        demand.parts += queueParts[Int(queue)]
    }

    /// The class of what is demanded on the inquiry's channel; call `retain` on what is kept.
    mutating func requirement(of demand: Demand, on channel: ChannelIndex) throws(Rejection) -> UInt32 {
        let skills = demand.skills
        guard skills.count <= Limits.skillsRequired else {
            throw Rejection(
                .limit, "at most \(Limits.skillsRequired) skills, with those of rules and queue", field: "skills")
        }
        return try internClass(queue: demand.queue, channel: channel, skills: skills)
    }

    /// Gives the inquiry its new demand, wherever it stands but in a heap. The caller has `requirement`, the class of it,
    /// retained unless it is the old one.
    mutating func adopt(_ demand: Demand, _ requirement: UInt32, _ slot: UInt32) {
        let old = inquiries[slot].requirement
        let entersQueue = classes[Int(old)].queue != demand.queue
        if requirement != old { changeRequirement(slot, to: requirement) }
        keep(demand, slot)
        if entersQueue { beginStay(slot) }
    }

    /// The inquiry enters its queue anew: what its queue's steps did to it there is over.
    mutating func renewStay(_ slot: UInt32) {
        let old = inquiries[slot].requirement
        let queue = classes[Int(old)].queue
        // The queue may have got requirements or steps since the inquiry was last in it.
        guard inquiries[slot].stay != none || hasSteps(queue) || !queueParts[Int(queue)].isEmpty else { return }
        var demand = demand(of: slot)
        move(&demand, to: demand.queue)
        if let requirement = try? requirement(of: demand, on: classes[Int(old)].channel) {
            if requirement != old { retain(requirement: requirement) }
            adopt(demand, requirement, slot)
        }
        beginStay(slot)
    }

    /// Remembers the parts, where they are not the request's alone. There is a stay exactly where a row tells of one, so
    /// that a start brings back no less and no more.
    mutating func keep(_ demand: Demand, _ slot: UInt32) {
        let isPlain = demand.parts.allSatisfy { $0.source == .request || $0.source == .hand }
        let known = inquiries[slot].stay
        if isPlain && !hasSteps(demand.queue) && (known == none || stays[known].moves == 0) {
            return forgetStay(slot)
        }
        let stay = stay(of: slot)
        guard stays[stay].parts != demand.parts else { return }
        stays[stay].parts = demand.parts
        touch(inquiry: slot, definition: true)
    }

    /// The inquiry's stay, made at first need.
    mutating func stay(of slot: UInt32) -> UInt32 {
        if inquiries[slot].stay == none { inquiries[slot].stay = stays.insert(Stay(owner: slot)) }
        return inquiries[slot].stay
    }

    private mutating func forgetStay(_ slot: UInt32) {
        let stay = inquiries[slot].stay
        guard stay != none else { return }
        cancelTimer(stays[stay].timer)
        stays.remove(stay)
        inquiries[slot].stay = none
        touch(inquiry: slot, definition: true)
    }

    static func part(_ skill: SkillRequirement, _ source: PartSource) -> RequirementPart {
        RequirementPart(skill: skill.skill, level: skill.level, source: source)
    }

    /// Skills of the plan by number. There is room for them: the plan has been checked.
    mutating func requirements(ofPlan levels: [SkillLevel]) -> [SkillRequirement] {
        var skills: [SkillRequirement] = []
        for entry in levels {
            guard let skill = skill(named: entry.skill) else { continue }
            skills.append(SkillRequirement(skill: skill, level: entry.level))
        }
        return skills
    }
}
