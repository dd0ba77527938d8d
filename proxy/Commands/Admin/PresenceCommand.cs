using System.CommandLine;

namespace GripProxy.Proxy.Commands.Admin;

/// <summary><c>gripproxy presence</c>: who comes and goes on channels, while it happens (CTL-11). Stateless.</summary>
internal static class PresenceCommand
{
    /// <summary>The command.</summary>
    public static Command Create(ProcessContext context)
    {
        var prefix = new Option<string?>("--prefix") { Description = "Only channels whose names begin so.", HelpName = "text" };
        return AdminOptions.Add(
            context,
            new Command("presence", "Show who comes and goes on channels, until interrupted.") { prefix },
            (result, session, cancellationToken) => session.FollowAsync(
                "/v1/presence" + AdminQuery.Empty.With("prefix", result.GetValue(prefix)),
                static (type, data) => [type == "ready" ? type : $"{type} {data["channel"]} {data["mode"]} {data["subscribers"]}"],
                cancellationToken));
    }
}
