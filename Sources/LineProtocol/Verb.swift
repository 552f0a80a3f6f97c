/// A verb of the control port. The raw value is its place in `VerbTable.all`, nothing that is stored.
package enum Verb: UInt8, CaseIterable, Sendable {
    case hello
    case ping
    case help
    case quit

    case submit
    case get
    case abandon
    case cancel

    case ready
    case away
    case offline
    case mine
    case accept
    case decline
    case complete
    case wrapped

    case agentPut
    case agentGet
    case agents
    case queues
    case inquiries
    case stats
    case watch
    case unwatch
    case tokenCreate
    case tokenList
    case tokenRevoke
    case drain
    case info
    case planGet
}
