using System.CommandLine;

namespace GripProxy.Proxy.Commands.Admin;

/// <summary>The commands that ask the control port of a running proxy.</summary>
internal static class AdminCommands
{
    /// <summary>All of them.</summary>
    public static IEnumerable<Command> Create(ProcessContext context) =>
    [
        ChannelsCommand.Create(context),
        ConnectionsCommand.Create(context),
        PresenceCommand.Create(context),
        TraceCommand.Create(context),
        CloseCommand.Create(context),
        RefreshCommand.Create(context),
        ReloadCommand.Create(context),
        NodesCommand.Create(context),
        StatsCommand.Create(context),
    ];
}
