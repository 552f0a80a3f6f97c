/// The conditions of a plan's rules and policies. The engine knows no rule language: whoever compiles a plan brings this.
///
/// The same input gives the same verdict, always: replays depend on it.
package protocol RuleConditions: Sendable {
    /// Whether the rule at that place in `CompiledPlan.rules` matches.
    func verdict(ofRule number: Int, on input: inout RuleInput) -> RuleVerdict

    /// The same of the policy at that place in `CompiledPlan.policies`.
    func verdict(ofPolicy number: Int, on input: inout RuleInput) -> RuleVerdict
}

package enum RuleVerdict: Hashable, Sendable {
    case matches
    /// Also where the condition asks for something that the inquiry does not have.
    case differs
    /// The condition could not be evaluated: no match, but somebody should know.
    case fails(String)
}

/// An inquiry as it was submitted, for the conditions of rules; or as it was routed, for those of policies.
package struct RuleInput {
    package var channel: String
    /// nil where the request does not say.
    package var queue: String?
    package var priority: Int32?
    package var skills: [SkillLevel]
    package var texts: InquiryTexts
    package var source: Int32
    package var now: Instant
    /// The customer's open inquiries, by rising id.
    package var openInquiries: [Int64]
    /// Who worked on the customer's last inquiry; empty for nobody, or where the plan does not want to know.
    package var lastAgent: String
    /// How much work the conditions had with it so far, as they count it.
    package var spent = 0
    /// What the conditions have made of the input, for the next of them.
    /// An object, since whether it is the kind that they expect is asked for every rule.
    package var prepared: (any AnyObject & Sendable)?

    package init(
        channel: String, queue: String? = nil, priority: Int32? = nil, skills: [SkillLevel] = [],
        texts: InquiryTexts = InquiryTexts(), source: Int32 = 0, now: Instant, openInquiries: [Int64] = [],
        lastAgent: String = ""
    ) {
        self.channel = channel
        self.queue = queue
        self.priority = priority
        self.skills = skills
        self.texts = texts
        self.source = source
        self.now = now
        self.openInquiries = openInquiries
        self.lastAgent = lastAgent
    }
}
