/// A verb of the control port. The raw value is its place in `VerbTable.all`, nothing that is stored.
package enum Verb: UInt8, CaseIterable, Sendable {
    case hello
    case ping
    case help
    case quit

    case submit
    case get
    case update
    case message
    case rate
    case abandon
    case cancel

    case ready
    case away
    case offline
    case mine
    case accept
    case decline
    case hold
    case resume
    case complete
    case wrapped
    case transfer
    case next

    case agentPut
    case agentGet
    case agentDelete
    case agents
    case agentsPut
    case queues
    case inquiries
    case stats
    case explain
    case assign
    case requeue
    case queuePause
    case queueResume
    case watch
    case unwatch
    case tokenCreate
    case tokenList
    case tokenRevoke
    case customerForget
    case drain
    case info
    case planGet
    case planCheck
    case planPut
    case planPatch
    case planHistory
    case planRollback
}
