import Foundation

/// Where things are unless somebody says otherwise. The daemon and its clients must agree on these.
enum Defaults {
    /// `/var/lib/switchboard` for root, whose home is closed to the user that PostgreSQL runs as; else
    /// `$XDG_DATA_HOME/switchboard`, else `~/.local/share/switchboard`.
    static var dataDirectory: String {
        if getuid() == 0 { return "/var/lib/switchboard" }
        let environment = ProcessInfo.processInfo.environment
        if let base = environment["XDG_DATA_HOME"], base.hasPrefix("/") { return base + "/switchboard" }
        return FileManager.default.homeDirectoryForCurrentUser.path + "/.local/share/switchboard"
    }

    /// The Unix socket of a daemon on that data folder.
    static func socket(in dataDirectory: String) -> String { dataDirectory + "/switchboard.sock" }

    /// The file that holds its first admin token.
    static func adminToken(in dataDirectory: String) -> String { dataDirectory + "/admin.token" }
}
