import Foundation
import FuzzSupport

// libFuzzer on sessions: lines of bytes to a real server in this process, each input to a new one, so that an input
// alone shows what it found. A line that begins with a byte from 1 to 7 goes to, and from then on all go to, the
// session of that number. See Tests/Fuzz/run.

@_silgen_name("LLVMFuzzerRunDriver")
private func runDriver(
    _ count: UnsafeMutablePointer<CInt>,
    _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>>,
    _ body: @convention(c) (UnsafePointer<UInt8>?, Int) -> CInt
) -> CInt

/// One input.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzSession(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let stream = Array(UnsafeBufferPointer(start: start, count: count))
    let stage = SessionStage()
    if let fault = stage.play(stream) { fatalError(fault) }
    stage.close()
    return 0
}

/// What the package manager takes for `main`.
@_cdecl("FuzzSession_main")
public func fuzzSessionMain(_ count: CInt, _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) -> CInt {
    var count = count
    var arguments = arguments
    return runDriver(&count, &arguments, fuzzSession)
}
