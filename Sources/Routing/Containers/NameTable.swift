/// Names and the numbers that stand for them in memory. Numbers rise from 0; one that was forgotten is not given out again.
///
/// Names are compared byte by byte; whoever brings one in from outside has normalised it.
struct NameTable {
    private var index = HashIndex()
    private(set) var names: ContiguousArray<String> = []

    var count: Int { names.count }

    func find(_ name: ArraySlice<UInt8>) -> UInt32? {
        index.find(hash: StableHash.of(name)) { names[Int($0)].utf8.elementsEqual(name) }
    }

    func find(_ name: String) -> UInt32? {
        index.find(hash: StableHash.of(name.utf8)) { names[Int($0)].utf8.elementsEqual(name.utf8) }
    }

    mutating func intern(_ name: String) -> UInt32 {
        if let known = find(name) { return known }
        let number = UInt32(names.count)
        names.append(name)
        index.insert(hash: StableHash.of(name.utf8), value: number)
        return number
    }

    /// The name means nothing any more; its number is not given out again.
    mutating func forget(_ number: UInt32) {
        index.remove(hash: StableHash.of(names[Int(number)].utf8), value: number)
    }

    subscript(number: UInt32) -> String { names[Int(number)] }
}
