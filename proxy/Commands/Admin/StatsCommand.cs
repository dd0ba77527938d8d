using System.CommandLine;

namespace GripProxy.Proxy.Commands.Admin;

/// <summary><c>gripproxy stats</c>: the stats stream as it goes by (CTL-12). Stateless.</summary>
internal static class StatsCommand
{
    /// <summary>The command.</summary>
    public static Command Create(ProcessContext context)
    {
        var types = new Option<string?>("--types") { Description = "Only these, as sub,conn (default: all).", HelpName = "list" };
        return AdminOptions.Add(
            context,
            new Command("stats", "Show the stats messages, until interrupted.") { types },
            (result, session, cancellationToken) => session.FollowAsync(
                "/v1/stats" + AdminQuery.Empty.With("types", result.GetValue(types)),
                static (type, data) => [$"{type} " + string.Join(' ', data.AsObject().Select(static member => $"{member.Key}={member.Value}"))],
                cancellationToken));
    }
}
