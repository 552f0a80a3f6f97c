// What has to be known before many agents are changed at once, so that no change is refused half-way.

extension Engine {
    package func definition(of agent: AgentIndex) -> AgentDefinition { agentTexts[Int(agent)].definition }

    /// Offers, assignments, what is held and wrap-ups. O(1).
    package func hasWork(_ agent: AgentIndex) -> Bool { agents[Int(agent)].firstWork != none }

    /// The first limit that the changes could meet, were they made one after the other once so many agents have been
    /// deleted; nil if all of them fit.
    ///
    /// Does not count what the changes free on their way, so it may name a limit that they would just have kept.
    /// Cost: linear in the changes' skills.
    package func limitMet(
        by definitions: [AgentDefinition], created: Int, deleted: Int
    ) -> Rejection? {
        guard agentsAlive - deleted + created <= Limits.agents, agents.count + created <= 2 * Limits.agents else {
            return Rejection(
                .limit, "there can be \(Limits.agents) agents, and as many can be deleted from one start to the next")
        }
        var newSkills: Set<String> = []
        for definition in definitions {
            for entry in definition.skills where skillNames.find(entry.skill) == nil { newSkills.insert(entry.skill) }
        }
        guard skillNames.count + newSkills.count <= Limits.skills else {
            return Rejection(.limit, "there can be \(Limits.skills) skills", field: "skills")
        }
        guard profileIndex.count + definitions.count > Limits.profiles else { return nil }
        var combinations: Set<Combination> = []
        for definition in definitions {
            combinations.insert(
                Combination(
                    skills: Set(definition.skills), channels: channelSet(of: definition).bits, team: definition.team))
        }
        guard profileIndex.count + combinations.count <= Limits.profiles else {
            return Rejection(
                .limit, "there can be \(Limits.profiles) different combinations of skills, channels and team")
        }
        return nil
    }
}

/// What makes a profile, by its names.
private struct Combination: Hashable {
    var skills: Set<SkillLevel>
    var channels: UInt16
    var team: String
}
