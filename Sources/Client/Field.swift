import LineProtocol

/// A named value of a request, an answer or an event.
public struct Field: Hashable, Sendable {
    /// The value of a field.
    public enum Value: Hashable, Sendable {
        /// A text, a number, a duration: whatever is written as one word or as a JSON string.
        case text(String)
        /// A JSON object or array, as its own text.
        case json(String)
    }

    /// Lower-case letters, digits and underscores.
    public var key: String
    /// What it is set to.
    public var value: Value

    /// A field with a value of either sort.
    public init(_ key: String, _ value: Value) {
        self.key = key
        self.value = value
    }

    /// A field with a text; an empty one clears.
    public init(_ key: String, _ text: String) {
        self.init(key, .text(text))
    }

    /// A field with a number.
    public init(_ key: String, _ number: some BinaryInteger) {
        self.init(key, .text("\(number)"))
    }

    /// The value's text; of a JSON value its JSON.
    public var text: String {
        switch value {
        case .text(let text), .json(let text): text
        }
    }
}

/// Fields in the order in which they came, each key once.
public struct Fields: RandomAccessCollection, Hashable, Sendable, ExpressibleByArrayLiteral {
    private var fields: [Field]

    /// No fields.
    public init() {
        fields = []
    }

    /// The given fields.
    public init(_ fields: [Field]) {
        self.fields = fields
    }

    /// The given fields.
    public init(arrayLiteral elements: Field...) {
        fields = elements
    }

    /// Always 0.
    public var startIndex: Int { 0 }

    /// How many there are.
    public var endIndex: Int { fields.count }

    /// The field at a place.
    public subscript(position: Int) -> Field { fields[position] }

    /// The text of the field with this key. O(n).
    public subscript(key: String) -> String? {
        fields.first { $0.key == key }?.text
    }

    /// The field with this key as an integer; nil where it is missing or is none.
    public func integer(_ key: String) -> Int64? {
        self[key].flatMap { Int64($0) }
    }

    /// The field with this key as microseconds since 1970 UTC.
    public func instant(_ key: String) -> Int64? {
        self[key].flatMap { WireTime.parseInstant($0.utf8.span) }
    }

    /// The field with this key as a duration in microseconds.
    public func duration(_ key: String) -> Int64? {
        self[key].flatMap { WireTime.parseDuration($0.utf8.span) }
    }

    mutating func append(_ field: Field) {
        fields.append(field)
    }
}
