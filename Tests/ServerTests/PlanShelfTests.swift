import Routing
import Testing

@testable import Server

@Suite("The published plans at hand")
struct PlanShelfTests {
    private func record(_ version: Int32, bytes: Int = 1) -> PlanRecord {
        PlanRecord(
            version: version, at: .epoch, author: "admin", note: "", document: Array(repeating: 0x20, count: bytes))
    }

    private func versions(_ shelf: PlanShelf) -> [Int32] { shelf.records.map(\.version) }

    @Test("as many versions as the limit are kept; the next one takes the place of the oldest")
    func count() {
        let most = Int32(ServerLimits.planVersions)
        var shelf = PlanShelf((1...most).map { record($0) })
        #expect(versions(shelf) == Array(1...most))
        shelf.add(record(most + 1))
        #expect(versions(shelf) == Array(2...most + 1))
    }

    @Test("documents of as many bytes as the limit are kept; a byte more takes the place of the oldest")
    func bytes() {
        let half = ServerLimits.planBytes / 2
        var shelf = PlanShelf([record(1, bytes: half), record(2, bytes: ServerLimits.planBytes - half)])
        #expect(versions(shelf) == [1, 2])
        shelf.add(record(3, bytes: 1))
        #expect(versions(shelf) == [2, 3])
    }

    @Test("what is dropped counts no more: there is room for as many bytes again")
    func droppedBytes() {
        let third = ServerLimits.planBytes / 3
        var shelf = PlanShelf()
        for version in Int32(1)...7 { shelf.add(record(version, bytes: third)) }
        #expect(versions(shelf) == [5, 6, 7])
    }

    @Test("a document drops as many older ones as it takes, and the newest stays though it is too large by itself")
    func newest() {
        var shelf = PlanShelf([record(1), record(2), record(3)])
        shelf.add(record(4, bytes: ServerLimits.planBytes + 1))
        #expect(versions(shelf) == [4])
        shelf.add(record(5))
        #expect(versions(shelf) == [5])
    }

    @Test("a version is found by its number, and the one before it also over a gap")
    func find() {
        let shelf = PlanShelf([record(1), record(2), record(5)])
        #expect(shelf[2]?.version == 2 && shelf[3] == nil && shelf[6] == nil)
        #expect(shelf.predecessor(of: 5)?.version == 2 && shelf.predecessor(of: 2)?.version == 1)
        #expect(shelf.predecessor(of: 1) == nil)
    }
}
