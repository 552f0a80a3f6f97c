/// A request on its way, and who waits for its answer.
struct Exchange: Sendable {
    typealias Completion = @Sendable (Result<Answer, ClientError>) -> Void

    var bytes: [UInt8]
    var repetition: Request.Repetition
    /// The client's own: a greeting or a keep-alive, not shown to whoever reads the raw lines.
    var isInternal = false
    var rows: [Fields] = []
    var completion: Completion
}
