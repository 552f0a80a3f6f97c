import Foundation
import TestSupport

/// A file system of a few megabytes that can be filled to its last byte. Only root may mount one, and not in every
/// container.
final class SmallDisk {
    let folder: String
    private var ballast: Int32 = -1
    /// Unmounts it when this process ends, however that is.
    private let lifeline: FileHandle
    private var isMounted = true

    /// Whether this process may mount one.
    static let isPermitted: Bool = {
        #if os(Linux)
            guard getuid() == 0, let disk = try? SmallDisk(megabytes: 1) else { return false }
            disk.remove()
            return true
        #else
            return false
        #endif
    }()

    init(megabytes: Int) throws {
        folder = try makeTemporaryFolder()
        do {
            // PostgreSQL's account has to get through.
            try run("/bin/mount", ["-t", "tmpfs", "-o", "size=\(megabytes)m,mode=711", "tmpfs", folder])
        } catch {
            rmdir(folder)
            throw error
        }
        let pipe = Pipe()
        _ = fcntl(pipe.fileHandleForWriting.fileDescriptor, F_SETFD, FD_CLOEXEC)
        lifeline = pipe.fileHandleForWriting
        let shell = Process()
        shell.executableURL = URL(fileURLWithPath: "/bin/sh")
        shell.arguments = [
            "-c", "trap '' INT TERM HUP; cat > /dev/null; umount -l \"$1\" 2> /dev/null && rmdir \"$1\"", "sh", folder,
        ]
        shell.standardInput = pipe.fileHandleForReading
        shell.standardOutput = FileHandle.nullDevice
        shell.standardError = FileHandle.nullDevice
        try shell.run()
    }

    deinit { remove() }

    /// Takes what is free, but for so many bytes.
    func fill(leaving bytes: Int) throws {
        ballast = open("\(folder)/ballast", O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        guard ballast >= 0 else { throw TestSupportError("no ballast: \(String(cString: strerror(errno)))") }
        var size = 0
        for block in [1 << 20, 4_096] {
            let zeros = [UInt8](repeating: 0, count: block)
            while true {
                let count = write(ballast, zeros, block)
                guard count > 0 else { break }
                size += count
            }
        }
        guard errno == ENOSPC, ftruncate(ballast, off_t(max(0, size - bytes))) == 0 else {
            throw TestSupportError("the disk cannot be filled: \(String(cString: strerror(errno)))")
        }
    }

    /// Gives back what `fill` took.
    func free() {
        guard ballast >= 0 else { return }
        close(ballast)
        ballast = -1
        unlink("\(folder)/ballast")
    }

    func remove() {
        guard isMounted else { return }
        isMounted = false
        free()
        _ = try? run("/bin/umount", ["-l", folder])
        rmdir(folder)
        try? lifeline.close()
    }
}
