using Microsoft.Extensions.Logging;

namespace GripProxy.Proxy.Logging;

/// <summary>What a logger's category means here. Immutable.</summary>
/// <param name="Component">Whose level applies (CLI-03).</param>
/// <param name="Voice">How loud it may be.</param>
internal sealed record LogCategory(LogComponent Component, LogVoice Voice)
{
    /// <summary>The rule for a category name.</summary>
    public static LogCategory Of(string category) => category switch
    {
        _ when Is(category, "GripProxy.Forwarding") => new(LogComponent.Proxy, LogVoice.Own),
        _ when Is(category, "GripProxy.Holds") || Is(category, "GripProxy.Channels") || Is(category, "GripProxy.Control")
            => new(LogComponent.Handler, LogVoice.Own),
        // Where nothing is written, the host does not make an activity for each request.
        _ when Is(category, "Microsoft.AspNetCore.Hosting.Diagnostics") => new(LogComponent.Connmgr, LogVoice.Mute),
        _ when Is(category, "Microsoft.AspNetCore.Server.Kestrel.BadRequests") => new(LogComponent.Connmgr, LogVoice.Chatter),
        // What keeps a host from starting is thrown at us too, and said by us in one line.
        _ when Is(category, "Microsoft.Extensions.Hosting") => new(LogComponent.Connmgr, LogVoice.Chatter),
        _ when Is(category, "Yarp") => new(LogComponent.Proxy, LogVoice.Chatter),
        _ when Is(category, "Microsoft") || Is(category, "System") => new(LogComponent.Connmgr, LogVoice.Framework),
        _ => new(LogComponent.Runner, LogVoice.Own),
    };

    /// <summary>The level at which a message of this category is written; <see cref="LogLevel.None"/>: never.</summary>
    public LogLevel Rank(LogLevel level) => Voice switch
    {
        LogVoice.Own => level,
        LogVoice.Framework => level switch
        {
            LogLevel.Information => LogLevel.Debug,
            LogLevel.Debug => LogLevel.Trace,
            _ => level,
        },
        LogVoice.Chatter => level > LogLevel.Debug ? LogLevel.Debug : LogLevel.Trace,
        _ => LogLevel.None,
    };

    private static bool Is(string category, string prefix) =>
        category.StartsWith(prefix, StringComparison.Ordinal) && (category.Length == prefix.Length || category[prefix.Length] == '.');
}
