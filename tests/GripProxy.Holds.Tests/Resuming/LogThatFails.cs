using GripProxy.Channels.Logs;
using GripProxy.Channels.Outcomes;
using GripProxy.Protocol;

namespace GripProxy.Holds.Tests.Resuming;

/// <summary>A log that cannot be asked while a test says so.</summary>
internal sealed class LogThatFails(IChannelLog log) : IChannelLog
{
    public bool IsAway { get; set; }

    public ValueTask<LogState?> GetStateAsync(string channel, CancellationToken cancellation = default) =>
        IsAway ? ValueTask.FromResult<LogState?>(null) : log.GetStateAsync(channel, cancellation);

    public ValueTask<LogPage> ReadAsync(string channel, Position after, int maxItems, long maxBytes, CancellationToken cancellation = default) =>
        IsAway ? ValueTask.FromResult(LogPage.Failed(ResumeOutcome.Unavailable)) : log.ReadAsync(channel, after, maxItems, maxBytes, cancellation);

    public ValueTask<LogPage> ReadNewestAsync(string channel, int maxItems, CancellationToken cancellation = default) =>
        IsAway ? ValueTask.FromResult(LogPage.Failed(ResumeOutcome.Unavailable)) : log.ReadNewestAsync(channel, maxItems, cancellation);

    public ValueTask<LogPlace> FindAsync(string channel, string id, CancellationToken cancellation = default) =>
        IsAway ? ValueTask.FromResult(new LogPlace(ResumeOutcome.Unavailable, default)) : log.FindAsync(channel, id, cancellation);
}
