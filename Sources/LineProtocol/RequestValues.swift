/// Checking the values of a request by the types of their fields.
extension RequestReading {
    /// Checks the value that stands at the end of `bytes`, from `start`, and takes it as the field's.
    mutating func accept(
        _ form: ValueForm, from start: Int, _ field: VerbIndex.Field, expansion: Int
    ) throws(RequestFault) {
        if form == .empty {
            guard field.kind != .flag else { throw wrong(field, start, "is true or false, not nothing") }
            take(field, .empty, from: start, number: 0)
            return
        }
        switch field.kind {
        case .text: try acceptText(form, start, field)
        case .name: try acceptName(form, start, field)
        case .names, .list, .levels, .limits: try acceptItems(form, start, field)
        case .integer: try acceptInteger(form, start, field)
        case .duration: try acceptDuration(form, start, field)
        case .instant: try acceptInstant(form, start, field)
        case .json: try acceptObject(form, start, field, expansion)
        case .flag: try acceptFlag(form, start, field)
        case .choice: try acceptChoice(form, start, field)
        }
    }

    private mutating func take(_ field: VerbIndex.Field, _ form: Request.Field.Form, from start: Int, number: Int64) {
        fields.append(
            Request.Field(
                key: field.key, form: form, start: UInt32(start), end: UInt32(bytes.count), number: number))
        present |= field.key.bit
        if form != .empty { filled |= field.key.bit }
    }

    // MARK: One value

    private mutating func acceptText(
        _ form: ValueForm, _ start: Int, _ field: VerbIndex.Field
    ) throws(RequestFault) {
        guard form == .bare || form == .string else { throw wrong(field, start, "is text; write \"…\" around it") }
        guard bytes.count - start <= field.upper else {
            throw .badArgument(
                name(of: field),
                "\(name(of: field)) has at most \(field.upper) bytes, not \(bytes.count - start)")
        }
        take(field, .text, from: start, number: 0)
    }

    private mutating func acceptName(
        _ form: ValueForm, _ start: Int, _ field: VerbIndex.Field
    ) throws(RequestFault) {
        guard form == .bare || form == .string else { throw wrong(field, start, "is a name") }
        let range = try checkedName(start..<bytes.count, field)
        if range.lowerBound != start { bytes.removeSubrange(start..<range.lowerBound) }
        take(field, .text, from: start, number: 0)
    }

    private mutating func acceptInteger(
        _ form: ValueForm, _ start: Int, _ field: VerbIndex.Field
    ) throws(RequestFault) {
        guard let number = try? parseInteger(bytes.span.extracting(start..<bytes.count)), number >= field.lower,
            number <= field.upper
        else {
            throw wrong(field, start, "is a whole number\(Self.bounds(field))")
        }
        take(field, .number, from: start, number: number)
    }

    private mutating func acceptDuration(
        _ form: ValueForm, _ start: Int, _ field: VerbIndex.Field
    ) throws(RequestFault) {
        guard let duration = WireTime.parseDuration(bytes.span.extracting(start..<bytes.count)),
            duration >= field.lower, duration <= field.upper
        else {
            let bound = field.upper == .max ? "" : ", at most \(WireTime.string(duration: field.upper)),"
            throw wrong(field, start, "is a duration\(bound) such as 500ms 20s 5m 2h 1d 1h30m")
        }
        take(field, .number, from: start, number: duration)
    }

    private mutating func acceptInstant(
        _ form: ValueForm, _ start: Int, _ field: VerbIndex.Field
    ) throws(RequestFault) {
        switch WireTime.parseInstantValue(bytes.span.extracting(start..<bytes.count)) {
        case .absolute(let microseconds): take(field, .number, from: start, number: microseconds)
        case .relative(let microseconds): take(field, .relative, from: start, number: microseconds)
        case nil: throw wrong(field, start, "is a time such as 2026-03-02T00:00:00Z, or +5m from now")
        }
    }

    private mutating func acceptObject(
        _ form: ValueForm, _ start: Int, _ field: VerbIndex.Field, _ expansion: Int
    ) throws(RequestFault) {
        guard form == .object else { throw wrong(field, start, "is a JSON object such as {\"tier\":\"gold\"}") }
        let most = field.upper == .max ? Limits.attributesBytes : Int(field.upper)
        guard bytes.count - start + expansion <= most else {
            throw .badArgument(
                name(of: field), "\(name(of: field)) has at most \(most) bytes with its numbers written out")
        }
        take(field, .text, from: start, number: 0)
    }

    private mutating func acceptFlag(
        _ form: ValueForm, _ start: Int, _ field: VerbIndex.Field
    ) throws(RequestFault) {
        let text = bytes[start...]
        let isTrue = text.elementsEqual("true".utf8)
        guard isTrue || text.elementsEqual("false".utf8) else { throw wrong(field, start, "is true or false") }
        take(field, .number, from: start, number: isTrue ? 1 : 0)
    }

    private mutating func acceptChoice(
        _ form: ValueForm, _ start: Int, _ field: VerbIndex.Field
    ) throws(RequestFault) {
        guard case .choice(let words) = VerbTable.spec(verb).fields[Int(field.place)].type else {
            preconditionFailure("the index names the field's own spec")
        }
        guard words.contains(where: { bytes[start...].elementsEqual($0.utf8) }) else {
            throw wrong(field, start, "is \(words.joined(separator: ", "))")
        }
        take(field, .text, from: start, number: 0)
    }

    // MARK: Lists

    private struct Item {
        let name: Range<Int>
        /// −1 where the item has none.
        let number: Int64
    }

    /// Takes names, words, levels or limits and writes them anew: sorted by the bytes of their names, levels explicit,
    /// so that two ways of writing them are one.
    private mutating func acceptItems(
        _ form: ValueForm, _ start: Int, _ field: VerbIndex.Field
    ) throws(RequestFault) {
        let isMap = field.kind == .levels || field.kind == .limits
        guard form == .bare || form == .string || form == (isMap ? .object : .array) else {
            throw wrong(field, start, isMap ? "is NAME:NUMBER,… or a JSON object" : "is a,b,c or a JSON array")
        }
        let end = bytes.count
        var items: [Item] = []
        var cursor = ItemCursor(form: form, range: start..<end, splitsNumbers: isMap)
        while let (nameRange, numberRange, isString) = cursor.next(bytes.span) {
            guard items.count < field.upper else {
                throw .badArgument(name(of: field), "\(name(of: field)) has at most \(field.upper) items")
            }
            if form == .array || form == .object, !isString { throw wrong(field, start, "is a list of strings") }
            let name = field.kind == .list ? try checkedWord(nameRange, field) : try checkedName(nameRange, field)
            let number = try number(numberRange, of: name, field)
            try insert(Item(name: name, number: number), into: &items, field)
        }
        let canonicalStart = bytes.count
        for (place, item) in items.enumerated() {
            if place > 0 { bytes.append(UInt8(ascii: ",")) }
            for index in item.name { bytes.append(bytes[index]) }
            if item.number >= 0 {
                bytes.append(UInt8(ascii: ":"))
                bytes.append(decimal: item.number)
            }
        }
        bytes.removeSubrange(start..<canonicalStart)
        take(field, items.isEmpty ? .empty : .text, from: start, number: 0)
    }

    private func insert(_ item: Item, into items: inout [Item], _ field: VerbIndex.Field) throws(RequestFault) {
        var place = items.count
        while place > 0 {
            let other = items[place - 1].name
            if bytes[other].elementsEqual(bytes[item.name]) {
                throw .badArgument(name(of: field), "\(name(of: field)) names \(excerpt(bytes[item.name])) twice")
            }
            if bytes[other].lexicographicallyPrecedes(bytes[item.name]) { break }
            place -= 1
        }
        items.insert(item, at: place)
    }

    /// The level or limit of an item; −1 where a limit or a plain name has none.
    private func number(
        _ range: Range<Int>?, of item: Range<Int>, _ field: VerbIndex.Field
    ) throws(RequestFault) -> Int64 {
        let isLevel = field.kind == .levels
        guard let range, !bytes[range].elementsEqual("null".utf8) else {
            return isLevel ? Int64(field.defaultLevel) : -1
        }
        let bounds = isLevel ? Limits.level : Limits.channelLimit
        guard let number = try? parseInteger(bytes.span.extracting(range)), bounds.contains(number) else {
            let what = isLevel ? "level" : "limit"
            throw .badArgument(
                name(of: field),
                "\(name(of: field)): the \(what) of \(excerpt(bytes[item])) is \(bounds.lowerBound) to "
                    + "\(bounds.upperBound), not \(excerpt(bytes[range]))")
        }
        return number
    }

    private func checkedWord(_ range: Range<Int>, _ field: VerbIndex.Field) throws(RequestFault) -> Range<Int> {
        guard !range.isEmpty, range.count <= Limits.nameBytes, bytes[range].allSatisfy(UnicodeText.isName) else {
            throw .badArgument(
                name(of: field),
                "\(name(of: field)) is a list of words such as offered,assigned, not \(excerpt(bytes[range]))")
        }
        return range
    }

    /// The name in NFC: where it stands if it is ASCII or Hangul, else appended to `bytes`.
    private mutating func checkedName(_ range: Range<Int>, _ field: VerbIndex.Field) throws(RequestFault) -> Range<Int>
    {
        if range.count <= Limits.nameBytes, !range.isEmpty, isNormalName(range) { return range }
        do throws(NameFault) {
            let name = try LineProtocol.checkedName(String(decoding: bytes[range], as: UTF8.self))
            let start = bytes.count
            bytes.append(contentsOf: name.utf8)
            return start..<bytes.count
        } catch {
            throw .badArgument(name(of: field), "\(name(of: field)): \(error.advice)")
        }
    }

    /// Whether all are characters of names that no normalisation touches.
    private func isNormalName(_ range: Range<Int>) -> Bool {
        var index = range.lowerBound
        while index < range.upperBound {
            if bytes[index] < 0x80 {
                guard UnicodeText.isName(bytes[index]) else { return false }
                index += 1
            } else {
                guard let (scalar, length) = UnicodeText.decode(bytes.span, at: index),
                    UnicodeText.isPlainIdeographOrSyllable(scalar)
                else { return false }
                index += length
            }
        }
        return true
    }

    // MARK: Messages

    /// What the field is called: the positional argument goes by the verb's name for it.
    func name(of field: VerbIndex.Field) -> String {
        field.key == .id ? VerbTable.spec(verb).positional?.name ?? "id" : field.key.name
    }

    /// A fault that shows the value, unless it is a secret.
    private func wrong(_ field: VerbIndex.Field, _ start: Int, _ rule: String) -> RequestFault {
        let shown = field.key == .token || bytes.count == start ? "" : ", not \(excerpt(bytes[start...]))"
        return .badArgument(name(of: field), "\(name(of: field)) \(rule)\(shown)")
    }

    private static func bounds(_ field: VerbIndex.Field) -> String {
        switch (field.lower, field.upper) {
        case (.min, .max): ""
        case (let lower, .max): " of at least \(lower)"
        case (let lower, let upper) where lower == upper: ", \(lower)"
        case (let lower, let upper): " from \(lower) to \(upper)"
        }
    }
}

/// Goes through the items of a list as text (`a:1,b`) or as compact JSON.
private struct ItemCursor {
    private let isJSON: Bool
    private let splitsNumbers: Bool
    private let end: Int
    private var position: Int
    private var json: JSONCursor

    init(form: ValueForm, range: Range<Int>, splitsNumbers: Bool) {
        isJSON = form == .object || form == .array
        self.splitsNumbers = splitsNumbers
        end = range.upperBound
        position = range.lowerBound
        json = JSONCursor(at: range.lowerBound, isObject: form == .object)
    }

    /// The item's name and number; `isString` is false for an element of a JSON array that is no string.
    mutating func next(_ bytes: Span<UInt8>) -> (name: Range<Int>, number: Range<Int>?, isString: Bool)? {
        guard !isJSON else { return nextOfJSON(bytes) }
        // One past the end: the item behind the last comma, empty or not, has been given.
        guard position <= end else { return nil }
        let start = position
        var colon: Int?
        while position < end, bytes[position] != UInt8(ascii: ",") {
            if splitsNumbers, colon == nil, bytes[position] == UInt8(ascii: ":") { colon = position }
            position += 1
        }
        let itemEnd = position
        position += 1
        return (start..<(colon ?? itemEnd), colon.map { $0 + 1..<itemEnd }, true)
    }

    private mutating func nextOfJSON(_ bytes: Span<UInt8>) -> (name: Range<Int>, number: Range<Int>?, isString: Bool)? {
        guard let (key, value) = json.next(bytes) else { return nil }
        if let key { return (key, value, true) }
        let isString = bytes[value.lowerBound] == UInt8(ascii: "\"")
        return (isString ? value.lowerBound + 1..<value.upperBound - 1 : value, nil, isString)
    }
}
