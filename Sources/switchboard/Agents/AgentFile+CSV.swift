import Plan
import Simulation

// A table with a header line: id, and of name, skills, channels, capacity, team those that are wanted.

extension AgentFile {
    mutating func readCSV(_ bytes: [UInt8]) {
        var reader = CSVReader(bytes: bytes)
        do throws(RecordingFault) {
            guard let header = try reader.next(), let columns = readHeader(header) else { return }
            while let cells = try reader.next() {
                if cells.allSatisfy({ Self.trimmed($0).isEmpty }) { continue }
                readRow(cells, columns, line: reader.recordLine)
            }
        } catch {
            fault("line \(error.line), column \(error.column)", error.problem)
        }
    }

    private mutating func readHeader(_ cells: [String]) -> [String]? {
        let columns = cells.map { Self.trimmed($0).lowercased() }
        let known = ["id"] + Self.fields
        for (index, column) in columns.enumerated() {
            if !known.contains(column) {
                let advice = Nearest.advice(on: column, among: known, plural: "columns")
                fault("line 1, column \(index + 1)", "unknown column \"\(column)\"; \(advice)")
            } else if columns[..<index].contains(column) {
                fault("line 1, column \(index + 1)", "a second column \(column)")
            }
        }
        if faults.isEmpty, !columns.contains("id") { fault("line 1", "there is no column id") }
        return faults.isEmpty ? columns : nil
    }

    private mutating func readRow(_ cells: [String], _ columns: [String], line: Int) {
        guard cells.count == columns.count else {
            return fault("line \(line)", "\(cells.count) fields, but the header has \(columns.count)")
        }
        var agent = Agent(id: "", fields: [], places: ["": "line \(line)"])
        for (column, cell) in zip(columns, cells) {
            let place = "line \(line), column \(column)"
            let text = Self.trimmed(cell)
            agent.places[column] = place
            switch column {
            case "id":
                if text.isEmpty { fault(place, "an agent needs an id") }
                agent.id = Self.normal(text)
            case "skills", "channels":
                if let json = entries(text, place, column == "skills" ? "level" : "limit") {
                    agent.fields.append((column, json))
                }
            case "capacity":
                if text.isEmpty {
                    agent.fields.append((column, "null"))
                } else if let number = Int32(text) {
                    agent.fields.append((column, "\(number)"))
                } else {
                    fault(place, "capacity is a whole number, not \"\(text)\"")
                }
            default: agent.fields.append((column, JSONOutput.string(text)))
            }
        }
        agents.append(agent)
    }

    /// `billing:5;korean`, or the same with commas.
    private mutating func entries(_ text: String, _ place: String, _ what: String) -> String? {
        let parts = text.split { $0 == ";" || $0 == "," }.map { Self.splitEntry($0) }.filter { $0 != ("", nil) }
        for part in parts {
            if let number = part.number, Int32(number) == nil {
                fault(place, "the \(what) of \(part.name) is a whole number, not \"\(number)\"")
                return nil
            }
            if parts.filter({ $0.name == part.name }).count > 1 {
                fault(place, "\(part.name) stands there twice")
                return nil
            }
        }
        return Self.object(parts)
    }
}
