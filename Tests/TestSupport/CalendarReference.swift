import Foundation

/// Deadlines on calendars that an independent program has counted minute by minute.
package struct CalendarReference: Decodable {
    package struct Schedule: Decodable {
        package var tz: String
        /// By weekday, 0 is Monday: minutes from and to.
        package var hours: [String: [[Int]]]
        package var holidays: [String]
    }

    package struct Case: Decodable {
        package var schedule: String
        package var start: String
        package var minutes: Int64
        package var deadline: String

        enum CodingKeys: String, CodingKey {
            case schedule
            case start
            case minutes = "add_open_minutes"
            case deadline = "deadline_utc"
        }
    }

    package static let path = "calendar/business_minutes.json"
    /// So many there were at least: fewer are a file that was read wrongly.
    package static let casesMin = 117

    package var schedules: [String: Schedule]
    package var cases: [Case]

    package static func read() throws -> CalendarReference {
        try JSONDecoder().decode(CalendarReference.self, from: Data(contentsOf: Reference.file(path)))
    }
}
