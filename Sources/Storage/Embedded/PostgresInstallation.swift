import Foundation

/// The PostgreSQL programs that the machine has: one folder with `initdb`, `pg_ctl` and `postgres` of one version.
package struct PostgresInstallation: Equatable, Sendable {
    /// The oldest major version whose features `sql/` uses and whose behaviour is tested.
    package static let leastMajor = 15
    private static let programs = ["initdb", "pg_ctl", "postgres"]

    /// The folder of the programs.
    package let folder: String
    /// As the server prints it: "15.18", "18beta1".
    package let version: String
    package let major: Int

    package func program(_ name: String) -> String { "\(folder)/\(name)" }

    /// Finds the programs.
    ///
    /// - Parameters:
    ///   - folders: where to look, the preferred one first; nil: where the systems that we know of have them.
    ///   - data: a cluster that is to be run; only the major version that made it can. One that is not there yet gets
    ///     the version of the first folder, of those that are new enough.
    package static func find(
        in folders: [String]? = nil, for data: String? = nil
    ) throws(PrivateClusterError) -> PostgresInstallation {
        let folders = folders ?? standardFolders()
        let installed = installations(in: folders)
        let usable = installed.filter { $0.major >= leastMajor }
        guard let preferred = usable.first else {
            throw .notInstalled(searched: folders, tooOld: installed.map { "PostgreSQL \($0.version)" })
        }
        guard let data, let major = majorThatMade(data) else { return preferred }
        guard let matching = usable.first(where: { $0.major == major }) else {
            throw .otherMajor(data: data, major: major, installed: usable.map { "PostgreSQL \($0.version)" })
        }
        return matching
    }

    private static func majorThatMade(_ data: String) -> Int? {
        Files.text(of: "\(data)/PG_VERSION").flatMap { Int($0.trimmingCharacters(in: .whitespacesAndNewlines)) }
    }

    /// Those folders that hold all the programs, each once, in the given order.
    private static func installations(in folders: [String]) -> [PostgresInstallation] {
        var seen: [String] = []
        var found: [PostgresInstallation] = []
        for folder in folders {
            // Links to the programs are common; the real folder has the rest of the installation beside them.
            let initdb = URL(fileURLWithPath: "\(folder)/initdb").resolvingSymlinksInPath()
            let real = initdb.deletingLastPathComponent().path
            guard !seen.contains(real) else { continue }
            seen.append(real)
            if let installation = installation(in: real) { found.append(installation) }
        }
        return found
    }

    private static func installation(in folder: String) -> PostgresInstallation? {
        guard programs.allSatisfy({ Files.isExecutable("\(folder)/\($0)") }) else { return nil }
        let asked = ChildProgram(path: "\(folder)/postgres", arguments: ["--version"], timeoutSeconds: 10)
        guard let answer = try? asked.run(), answer.status == 0 else { return nil }
        // "postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)"
        guard let version = answer.output.split(separator: " ").dropFirst(2).first,
            let major = Int(version.prefix(while: \.isNumber))
        else { return nil }
        return PostgresInstallation(folder: folder, version: String(version), major: major)
    }

    /// The folders of PATH, the one that `pg_config` names, then those of the known packages, newest version first.
    static func standardFolders() -> [String] {
        let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
        let pathFolders = path.split(separator: ":").map(String.init)
        var folders = pathFolders.filter { Files.isExecutable("\($0)/initdb") }
        if let folder = folderOfConfiguration(in: pathFolders) { folders.append(folder) }
        // Debian and Ubuntu, Fedora and Red Hat, builds from source, Homebrew on either processor, Postgres.app.
        folders += versionedFolders(in: "/usr/lib/postgresql", suffix: "bin")
        folders += versionedFolders(in: "/usr", prefix: "pgsql-", suffix: "bin")
        folders += ["/usr/local/pgsql/bin"]
        folders += versionedFolders(in: "/opt/homebrew/opt", prefix: "postgresql@", suffix: "bin")
        folders += versionedFolders(in: "/usr/local/opt", prefix: "postgresql@", suffix: "bin")
        folders += versionedFolders(in: "/Applications/Postgres.app/Contents/Versions", suffix: "bin")
        return folders
    }

    private static func folderOfConfiguration(in pathFolders: [String]) -> String? {
        guard let program = pathFolders.map({ "\($0)/pg_config" }).first(where: Files.isExecutable) else { return nil }
        let asked = ChildProgram(path: program, arguments: ["--bindir"], timeoutSeconds: 10)
        guard let answer = try? asked.run(), answer.status == 0, !answer.output.isEmpty else { return nil }
        return answer.output
    }

    /// `parent/prefixN/suffix` for every number N that is there, the greatest first.
    private static func versionedFolders(in parent: String, prefix: String = "", suffix: String) -> [String] {
        let entries = (try? FileManager.default.contentsOfDirectory(atPath: parent)) ?? []
        return entries.compactMap { entry -> (number: Int, name: String)? in
            guard entry.hasPrefix(prefix), let number = Int(entry.dropFirst(prefix.count)) else { return nil }
            return (number, entry)
        }
        .sorted { $0.number > $1.number }
        .map { "\(parent)/\($0.name)/\(suffix)" }
    }
}
