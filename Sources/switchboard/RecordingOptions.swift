import ArgumentParser
import Foundation
import Simulation

/// Which recorded calls a command works on.
struct RecordingOptions: ParsableArguments {
    @Argument(help: "The recording, a CSV file.")
    var file: String

    @Option(help: "Only the calls that arrived on this day, such as 1999-02-01.")
    var day: String?

    @Option(name: .customLong("from"), help: "Only calls that arrived at this time of day or later, such as 09:00.")
    var startTime = "00:00"

    @Option(name: .customLong("to"), help: "Only calls that arrived before this time of day.")
    var endTime = "24:00"

    @Option(help: "Draws the handling times that the recording does not tell.")
    var seed: UInt64 = 1

    /// The calls that were asked for; there is one at least.
    func recording() throws(InputFault) -> Recording {
        let bytes: Data
        do {
            bytes = try Data(contentsOf: URL(fileURLWithPath: file))
        } catch {
            throw InputFault("\(file) cannot be read: \(error.localizedDescription)")
        }
        var recording: Recording
        do {
            recording = try Recording(csv: Array(bytes))
        } catch {
            throw InputFault("\(file), \(error)")
        }
        if let day {
            guard let number = CivilTime.day(day) else { throw InputFault("--day \(day) is no date") }
            recording = recording.day(number)
        }
        guard let start = CivilTime.timeOfDay(startTime), let end = CivilTime.timeOfDay(endTime), start < end else {
            throw InputFault("--from \(startTime) --to \(endTime) is no span of a day")
        }
        recording = recording.within(start..<end)
        guard !recording.calls.isEmpty else { throw InputFault("\(file) has no call in that time") }
        return recording
    }
}
