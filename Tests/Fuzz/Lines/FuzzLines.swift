import FuzzSupport

// libFuzzer on the line parser: any bytes, as streams that come in pieces. See Tests/Fuzz/run.

@_silgen_name("LLVMFuzzerRunDriver")
private func runDriver(
    _ count: UnsafeMutablePointer<CInt>,
    _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>>,
    _ body: @convention(c) (UnsafePointer<UInt8>?, Int) -> CInt
) -> CInt

/// One input.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzLines(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let stream = Array(UnsafeBufferPointer(start: start, count: count))
    // A small limit, so that lines too long are found as well.
    for (limit, pieces) in [(65_536, [max(1, count)]), (256, [1, 7, 64])] {
        if let fault = LineProperties.fault(ofStream: stream, limit: limit, pieces: pieces) { fatalError(fault) }
    }
    return 0
}

/// What the package manager takes for `main`. With `--dictionary`: the words of the verb table, as libFuzzer reads them.
@_cdecl("FuzzLines_main")
public func fuzzLinesMain(_ count: CInt, _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) -> CInt {
    if count > 1, let word = arguments[1], String(cString: word) == "--dictionary" {
        for entry in FuzzDictionary.entries { print(entry) }
        return 0
    }
    var count = count
    var arguments = arguments
    return runDriver(&count, &arguments, fuzzLines)
}
