/// JSON merge patches. Source: RFC 7396.
package enum JSONMergePatch {
    /// `patch` applied to `target`. Both are valid compact JSON objects without a repeated key, as a request's values
    /// are; so is the result. What `target` has keeps its place, what is new follows in the order of the patch.
    ///
    /// Cost: linear in both. Recurses as deep as the patch nests, which is at most `Limits.jsonDepth`.
    package static func apply(_ patch: ArraySlice<UInt8>, to target: ArraySlice<UInt8>) -> [UInt8] {
        var out: [UInt8] = []
        out.reserveCapacity(target.count + patch.count)
        let empty: [UInt8] = [UInt8(ascii: "{"), UInt8(ascii: "}")]
        merge(patch, into: target.isEmpty ? empty[...] : target, &out)
        return out
    }

    /// The bytes of a valid compact JSON value with its numbers written out, which is how attributes are measured.
    package static func writtenOutCount(_ json: [UInt8]) -> Int {
        var copy: [UInt8] = []
        copy.reserveCapacity(json.count)
        var compactor = JSONCompactor(position: 0)
        do throws(JSONFault) {
            try compactor.value(json.span, into: &copy)
        } catch {
            preconditionFailure("two values that were taken merge into one that can be: \(error.message)")
        }
        return copy.count + compactor.expansion
    }

    private static func merge(_ patch: ArraySlice<UInt8>, into target: ArraySlice<UInt8>, _ out: inout [UInt8]) {
        var changes: [Member] = members(of: patch)
        var places: [ArraySlice<UInt8>: Int] = [:]
        for (place, change) in changes.enumerated() { places[change.key] = place }
        out.append(UInt8(ascii: "{"))
        var isFirst = true
        for member in members(of: target) {
            guard let place = places[member.key] else {
                append(member.key, member.value, isFirst: &isFirst, &out)
                continue
            }
            changes[place].isDone = true
            merge(member.key, changes[place].value, over: member.value, isFirst: &isFirst, &out)
        }
        for change in changes where !change.isDone {
            merge(change.key, change.value, over: nil, isFirst: &isFirst, &out)
        }
        out.append(UInt8(ascii: "}"))
    }

    /// One member of a patch: null takes the member out, an object is merged, anything else replaces.
    private static func merge(
        _ key: ArraySlice<UInt8>, _ change: ArraySlice<UInt8>, over value: ArraySlice<UInt8>?, isFirst: inout Bool,
        _ out: inout [UInt8]
    ) {
        if change.first == UInt8(ascii: "n") { return }
        guard change.first == UInt8(ascii: "{") else { return append(key, change, isFirst: &isFirst, &out) }
        append(key, [], isFirst: &isFirst, &out)
        let empty: [UInt8] = [UInt8(ascii: "{"), UInt8(ascii: "}")]
        merge(change, into: value?.first == UInt8(ascii: "{") ? value ?? empty[...] : empty[...], &out)
    }

    private static func append(
        _ key: ArraySlice<UInt8>, _ value: ArraySlice<UInt8>, isFirst: inout Bool, _ out: inout [UInt8]
    ) {
        if !isFirst { out.append(UInt8(ascii: ",")) }
        isFirst = false
        out.append(UInt8(ascii: "\""))
        out.append(contentsOf: key)
        out.append("\":")
        out.append(contentsOf: value)
    }

    private struct Member {
        /// As it stands in compact JSON: equal keys have equal bytes.
        let key: ArraySlice<UInt8>
        let value: ArraySlice<UInt8>
        /// Of a patch: the target had it.
        var isDone = false
    }

    private static func members(of object: ArraySlice<UInt8>) -> [Member] {
        var members: [Member] = []
        let bytes = object.span
        var cursor = JSONCursor(at: 0, isObject: true)
        while let (key, value) = cursor.next(bytes) {
            guard let key else { preconditionFailure("the members of an object have keys") }
            let start = object.startIndex
            members.append(
                Member(
                    key: object[start + key.lowerBound..<start + key.upperBound],
                    value: object[start + value.lowerBound..<start + value.upperBound]))
        }
        return members
    }
}
