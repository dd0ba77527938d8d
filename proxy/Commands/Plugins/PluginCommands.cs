using System.CommandLine;

namespace GripProxy.Proxy.Commands.Plugins;

/// <summary><c>gripproxy plugin …</c> (plugins-http.md §6): first what needs no server, then what asks one. Stateless.</summary>
internal static class PluginCommands
{
    /// <summary>The command with all below it.</summary>
    public static Command Create(ProcessContext context) => new("plugin", "Write, try and manage plugins: small JavaScript programs that work on events.")
    {
        NewCommand.Create(context),
        CheckPluginCommand.Create(context),
        TestCommand.Create(context),
        PackCommand.Create(context),
        PushCommand.Create(context),
        ListCommand.Create(context),
        SwitchCommand.Create(context, "enable", "Switch a plugin on while the proxy runs, and wait until it works."),
        SwitchCommand.Create(context, "disable", "Switch a plugin off while the proxy runs; its running calls end first."),
        SwitchesCommand.Create(context),
        RunPluginCommand.Create(context),
        RunsCommand.Create(context),
        LogsCommand.Create(context),
        MetricsCommand.Create(context),
        DeadLettersCommand.Create(context),
    };
}
