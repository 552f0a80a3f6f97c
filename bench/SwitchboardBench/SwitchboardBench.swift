import ArgumentParser

/// What Switchboard's speed is measured with. `bench/README.md` says how to run it and how to read it.
@main
struct SwitchboardBench: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "switchboard-bench", abstract: "Measures Switchboard.",
        subcommands: [
            ContainersBench.self, EngineBench.self, InstructionsBench.self, MemoryBench.self, ClocksBench.self,
            RulesBench.self, StorageBench.self, RestartBench.self, RetentionBench.self, ReportsBench.self,
            AcknowledgementBench.self, PortBench.self, SkipLockedBench.self, EstimatesBench.self, ServerCommand.self,
            ReportCommand.self,
        ])
}
