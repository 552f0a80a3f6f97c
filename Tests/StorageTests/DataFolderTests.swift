import Foundation
import Storage
import TestSupport
import Testing

@Suite("the data folder")
struct DataFolderTests {
    private let parent: String
    private var path: String { "\(parent)/data" }

    init() throws {
        parent = try makeTemporaryFolder()
    }

    private func cleaned<Value>(_ body: () throws -> Value) rethrows -> Value {
        defer { try? FileManager.default.removeItem(atPath: parent) }
        return try body()
    }

    private func mode(_ path: String) throws -> Int {
        let attributes = try FileManager.default.attributesOfItem(atPath: path)
        return try #require(attributes[.posixPermissions] as? Int)
    }

    @Test("a new folder is closed to others and holds the pid, a version and an id")
    func fresh() throws {
        try cleaned {
            let folder = try DataFolder("\(path)/deep")
            defer { folder.release() }
            #expect(try mode(folder.path) == 0o700)
            #expect(try String(contentsOfFile: "\(folder.path)/lock", encoding: .utf8) == "\(getpid())\n")
            #expect(try String(contentsOfFile: "\(folder.path)/version", encoding: .utf8) == "1\n")
            for name in ["lock", "id", "version"] { #expect(try mode("\(folder.path)/\(name)") == 0o600) }
        }
    }

    @Test("the id is made once and stays")
    func identifier() throws {
        try cleaned {
            let first = try DataFolder(path)
            first.release()
            let second = try DataFolder(path)
            defer { second.release() }
            #expect(first.identifier == second.identifier)
            let other = try DataFolder("\(parent)/other")
            defer { other.release() }
            #expect(other.identifier != first.identifier)
        }
    }

    @Test("a second daemon is refused and told who holds the folder")
    func secondDaemon() throws {
        try cleaned {
            let folder = try DataFolder(path)
            defer { folder.release() }
            let error = #expect(throws: DataFolderError.self) { try DataFolder(path) }
            #expect(error == .held(path: folder.path, processId: getpid()))
            #expect(error.map { "\($0)" }?.contains("process \(getpid())") == true)
        }
    }

    @Test("the lock of a daemon that is gone is no hindrance, whatever the file says")
    func staleLock() throws {
        try cleaned {
            let folder = try DataFolder(path)
            folder.release()
            try "1\n".write(toFile: "\(path)/lock", atomically: false, encoding: .utf8)
            try DataFolder(path).release()
        }
    }

    @Test("the lock is not handed down to programs that the daemon starts")
    func lockEndsWithTheProcess() throws {
        try cleaned {
            let folder = try DataFolder(path)
            let child = Process()
            child.executableURL = URL(fileURLWithPath: "/bin/cat")
            let pipe = Pipe()
            child.standardInput = pipe.fileHandleForReading
            try child.run()
            folder.release()
            try DataFolder(path).release()
            try pipe.fileHandleForWriting.close()
            child.waitUntilExit()
        }
    }

    @Test("a folder of another version is refused, and nothing in it changed")
    func otherVersion() throws {
        try cleaned {
            try DataFolder(path).release()
            try "2\n".write(toFile: "\(path)/version", atomically: false, encoding: .utf8)
            let error = #expect(throws: DataFolderError.self) { try DataFolder(path) }
            let real = try #require(realpath(path, nil))
            defer { free(real) }
            #expect(error == .otherVersion(path: String(cString: real), found: "2"))
            #expect(try String(contentsOfFile: "\(path)/version", encoding: .utf8) == "2\n")
        }
    }

    @Test("a folder with somebody else's files is refused, and nothing is written into it")
    func strangersFolder() throws {
        try cleaned {
            try "mine".write(toFile: "\(parent)/letter.txt", atomically: false, encoding: .utf8)
            let error = #expect(throws: DataFolderError.self) { try DataFolder(parent) }
            guard case .notADataFolder = error else {
                Issue.record("got \(String(describing: error))")
                return
            }
            #expect(try FileManager.default.contentsOfDirectory(atPath: parent) == ["letter.txt"])
        }
    }

    @Test("a first start that was cut off after the lock is made up for")
    func cutOff() throws {
        try cleaned {
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
            for name in ["lock", "version.new"] {
                try "".write(toFile: "\(path)/\(name)", atomically: false, encoding: .utf8)
            }
            try DataFolder(path).release()
        }
    }

    @Test("a file where the folder should be is refused with its name")
    func fileInTheWay() throws {
        try cleaned {
            try "".write(toFile: path, atomically: false, encoding: .utf8)
            let error = #expect(throws: DataFolderError.self) { try DataFolder(path) }
            #expect(error == .file(FileFault(action: "create the folder", path: path, code: EEXIST)))
        }
    }

    @Test("an id that is none is reported, not replaced")
    func damagedIdentifier() throws {
        try cleaned {
            try DataFolder(path).release()
            try "nonsense".write(toFile: "\(path)/id", atomically: false, encoding: .utf8)
            let error = #expect(throws: DataFolderError.self) { try DataFolder(path) }
            guard case .damaged(let file) = error else {
                Issue.record("got \(String(describing: error))")
                return
            }
            #expect(file.hasSuffix("/id"))
            // The failed attempt gave the lock back.
            try FileManager.default.removeItem(atPath: "\(path)/id")
            try DataFolder(path).release()
        }
    }

    @Test("the admin token is written once, for the owner alone, and found again")
    func adminToken() throws {
        try cleaned {
            let folder = try DataFolder(path)
            defer { folder.release() }
            #expect(try folder.adminToken() == nil)
            try folder.writeAdminToken("sesame")
            #expect(try folder.adminToken() == "sesame")
            #expect(try mode(folder.adminTokenFile) == 0o600)
            let error = #expect(throws: DataFolderError.self) { try folder.writeAdminToken("other") }
            #expect(error == .file(FileFault(action: "create", path: folder.adminTokenFile, code: EEXIST)))
            #expect(try folder.adminToken() == "sesame")
            #expect(!FileManager.default.fileExists(atPath: folder.adminTokenFile + ".new"))
        }
    }
}
