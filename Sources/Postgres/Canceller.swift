import CLibpq

/// Stops the statement that a connection runs at the moment; any thread may call it.
///
/// `@unchecked`: libpq never writes to a PGcancel after it was made, and documents PQcancel as safe on any thread.
package final class Canceller: @unchecked Sendable {
    private let handle: OpaquePointer

    init(_ handle: OpaquePointer) { self.handle = handle }

    deinit { PQfreeCancel(handle) }

    /// Opens a connection of its own for the request, so it blocks as long as that takes.
    ///
    /// - Returns: whether the request was sent; whether it came in time shows in the statement's result.
    @discardableResult
    package func cancel() -> Bool {
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: 256) { message in
            PQcancel(handle, message.baseAddress, Int32(message.count)) == 1
        }
    }
}
