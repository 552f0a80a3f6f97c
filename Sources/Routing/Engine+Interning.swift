import DequeModule

// Requirement classes and agent profiles: equal ones are one, counted, with the lists of who can serve what.

extension Engine {
    /// Classes that nobody refers to but that are kept because most come back.
    static var idleClassesMax: Int { 4_096 }

    /// The class of that requirement, its skills in any order; call `retain` on what is kept.
    mutating func internClass(
        queue: QueueIndex, channel: ChannelIndex, skills: [SkillRequirement]
    ) throws(Rejection) -> UInt32 {
        if !Self.isSorted(skills) {
            return try internClass(queue: queue, channel: channel, skills: skills.sorted { $0.skill < $1.skill })
        }
        var hash = Self.hash(of: skills)
        hash.combine(UInt64(queue) << 8 | UInt64(channel))
        let known = classIndex.find(hash: hash.value) {
            classes[Int($0)].queue == queue && classes[Int($0)].channel == channel
                && Self.areSame(classes[Int($0)].skills, skills)
        }
        if let known { return known }
        if classIndex.count >= Limits.classes {
            while classIndex.count >= Limits.classes, !idleClasses.isEmpty { dropOldestIdleClass() }
            guard classIndex.count < Limits.classes else {
                throw Rejection(.limit, "\(Limits.classes) different requirements are waited for already")
            }
        }
        let levels = names(of: skills)
        let created = RequirementClass(
            queue: queue, channel: channel, skills: ContiguousArray(skills), levels: levels,
            entry: levels.isEmpty ? nil : Event.Extra(skills: levels), hash: hash.value, line: WaitingLine(at: now))
        let number: UInt32
        if let reused = freeClasses.popLast() {
            number = reused
            classes[Int(number)] = created
        } else {
            number = UInt32(classes.count)
            classes.append(created)
            heads.append(.never)
        }
        classIndex.insert(hash: hash.value, value: number)
        for profile in profiles.indices where profiles[profile].agents > 0 {
            if meets(profile: profile, requirement: Int(number)) { connect(profile: profile, requirement: number) }
        }
        return number
    }

    /// Lists a class whose queue or channel has got another number; it can be served by no profile yet.
    mutating func relist(class requirement: UInt32) {
        var hash = Self.hash(of: classes[Int(requirement)].skills)
        hash.combine(UInt64(classes[Int(requirement)].queue) << 8 | UInt64(classes[Int(requirement)].channel))
        classes[Int(requirement)].hash = hash.value
        classIndex.insert(hash: hash.value, value: requirement)
        guard classes[Int(requirement)].references == 0 else { return }
        idleClasses.append(requirement)
        classes[Int(requirement)].idleEntries += 1
    }

    mutating func retain(requirement: UInt32) { classes[Int(requirement)].references += 1 }

    mutating func release(requirement: UInt32) {
        classes[Int(requirement)].references -= 1
        guard classes[Int(requirement)].references == 0 else { return }
        idleClasses.append(requirement)
        classes[Int(requirement)].idleEntries += 1
        if idleClasses.count > Self.idleClassesMax { dropOldestIdleClass() }
    }

    /// Takes the oldest entry off the idle list and frees its class, unless it is in use again or listed again later.
    private mutating func dropOldestIdleClass() {
        guard let requirement = idleClasses.popFirst() else { return }
        classes[Int(requirement)].idleEntries -= 1
        guard classes[Int(requirement)].references == 0, classes[Int(requirement)].idleEntries == 0 else { return }
        for profile in classes[Int(requirement)].able {
            let channel = Int(classes[Int(requirement)].channel)
            guard let position = profiles[Int(profile)].classes[channel].firstIndex(of: requirement) else { continue }
            profiles[Int(profile)].classes[channel].swapAt(
                position, profiles[Int(profile)].classes[channel].count - 1)
            profiles[Int(profile)].classes[channel].removeLast()
        }
        classIndex.remove(hash: classes[Int(requirement)].hash, value: requirement)
        classes[Int(requirement)].able = []
        freeClasses.append(requirement)
    }

    /// The profile of that description, counted once more for a new member. `skills` is sorted by skill.
    mutating func joinProfile(
        skills: ContiguousArray<SkillRequirement>, channels: ChannelSet, team: String
    ) throws(Rejection) -> UInt32 {
        var hash = Self.hash(of: skills)
        hash.combine(UInt64(channels.bits))
        hash.combine(StableHash.of(team.utf8))
        let known = profileIndex.find(hash: hash.value) {
            let candidate = profiles[Int($0)]
            return candidate.skills == skills && candidate.channels == channels && candidate.team == team
        }
        if let known {
            profiles[Int(known)].agents += 1
            return known
        }
        guard profileIndex.count < Limits.profiles else {
            throw Rejection(
                .limit, "\(Limits.profiles) different combinations of skills, channels and team are in use already")
        }
        let created = AgentProfile(
            skills: skills, channels: channels, team: team, hash: hash.value, agents: 1,
            classes: ContiguousArray(repeating: [], count: stride),
            signedOn: ContiguousArray(repeating: 0, count: stride))
        let number: UInt32
        if let reused = freeProfiles.popLast() {
            number = reused
            profiles[Int(number)] = created
        } else {
            number = UInt32(profiles.count)
            profiles.append(created)
            for _ in 0..<stride {
                loadRooms.append(IndexedHeap())
                idleRooms.append(IndexedHeap())
                loadHeads.append(RoomHead())
                idleHeads.append(RoomHead())
            }
        }
        profileIndex.insert(hash: hash.value, value: number)
        for requirement in classes.indices where classIsListed(requirement) {
            if meets(profile: Int(number), requirement: requirement) {
                connect(profile: Int(number), requirement: UInt32(requirement))
            }
        }
        return number
    }

    /// One member less; the profile of none is freed.
    mutating func leaveProfile(_ number: UInt32) {
        profiles[Int(number)].agents -= 1
        guard profiles[Int(number)].agents == 0 else { return }
        for channel in 0..<stride {
            for requirement in profiles[Int(number)].classes[channel] {
                classes[Int(requirement)].able.removeAll { $0 == number }
            }
            profiles[Int(number)].classes[channel] = []
        }
        profileIndex.remove(hash: profiles[Int(number)].hash, value: number)
        freeProfiles.append(number)
    }

    private mutating func connect(profile: Int, requirement: UInt32) {
        classes[Int(requirement)].able.append(UInt32(profile))
        profiles[profile].classes[Int(classes[Int(requirement)].channel)].append(requirement)
    }

    /// Whether the number stands for a class at present; freed numbers are not in the index.
    private func classIsListed(_ requirement: Int) -> Bool {
        classIndex.find(hash: classes[requirement].hash) { $0 == UInt32(requirement) } != nil
    }

    @inline(__always)
    private static func areSame(
        _ known: borrowing ContiguousArray<SkillRequirement>, _ skills: borrowing [SkillRequirement]
    ) -> Bool {
        guard known.count == skills.count else { return false }
        for index in known.indices where known[index] != skills[index] { return false }
        return true
    }

    @inline(__always)
    private static func isSorted(_ skills: [SkillRequirement]) -> Bool {
        for index in skills.indices.dropFirst() where skills[index - 1].skill > skills[index].skill { return false }
        return true
    }

    @inline(__always)
    private static func hash(of skills: some Collection<SkillRequirement>) -> StableHash {
        var hash = StableHash()
        for skill in skills { hash.combine(UInt64(skill.skill) << 8 | UInt64(skill.level)) }
        return hash
    }

    // MARK: Names

    package func channel(named name: ArraySlice<UInt8>) -> ChannelIndex? {
        plan.channels.firstIndex { $0.name.utf8.elementsEqual(name) }.map { ChannelIndex($0) }
    }

    package func queue(named name: ArraySlice<UInt8>) -> QueueIndex? {
        plan.queues.firstIndex { $0.name.utf8.elementsEqual(name) }.map { QueueIndex($0) }
    }

    /// nil for one that is deleted, too.
    package func agent(named name: ArraySlice<UInt8>) -> AgentIndex? { agentNames.find(name) }

    /// The number of a skill's name, given out at its first use. nil when the table is full.
    package mutating func skill(named name: String) -> SkillIndex? {
        if let known = skillNames.find(name) { return known }
        return skillNames.count < Limits.skills ? skillNames.intern(name) : nil
    }
}
