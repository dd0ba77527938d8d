using System.Buffers;
using System.Text;
using GripProxy.Channels.Outcomes;
using GripProxy.Holds.Links;
using GripProxy.Holds.Resuming;
using GripProxy.Holds.Timing;
using GripProxy.Protocol.Filters;
using GripProxy.Protocol.Instructs;

namespace GripProxy.Holds.Streams;

/// <summary>
/// The life of one stream (HTTP-27, HTTP-30): write a body, hold, fetch the next link, and again with what it answers. One per stream, owned by
/// its request; whenever it is not holding, it owns the writer.
/// </summary>
internal sealed class StreamRun(StreamHold hold, StreamServices all)
{
    private const int CopyBytes = 16 * 1024;
    private const string NextLinkFailed = "Failed to retrieve next link.";

    // While it holds, which may be for days, only these are kept, and nothing of a method that waits.
    private KeepAliveTimer? _keepAlive;
    private QuietTimer? _timeout;
    private QuietTimer? _idle;
    private int _emptyAnswers;
    private long _asked;

    /// <summary>Runs to the end of the stream. Never throws for what a client, origin or publisher does.</summary>
    public async Task<CloseReason> RunAsync(CancellationToken clientGone)
    {
        CloseReason? reason = null;
        try
        {
            await using var gone = clientGone.UnsafeRegister(static hold => ((StreamHold)hold!).End(CloseReason.Client), hold);
            var instruct = hold.Request.Instruct;
            var from = hold.Request.LinkBase;
            var plan = hold.Request.Plan!; // The keeper has seen to it.
            reason = await BeginAsync(instruct, plan);
            while (reason is null)
            {
                var next = from is not null && instruct.Next is not null ? LinkFollower.Resolve(from, instruct.Next) : null;
                if (instruct.Hold == HoldMode.Stream)
                {
                    if (next is null && FindPrevId() is { } channel)
                    {
                        reason = await FailAsync(NoLink(channel));
                        break;
                    }

                    var isFirst = ReferenceEquals(instruct, hold.Request.Instruct);
                    if (isFirst)
                        hold.Settle();
                    instruct = isFirst ? hold.Request.Instruct : Hold.Strip(instruct);
                    var (written, change) = BeginHold(instruct, next, plan);
                    try
                    {
                        await written;
                        await change;
                    }
                    finally
                    {
                        EndTimers();
                    }

                    await hold.Writer.ClaimAsync();
                    if (hold.EndReason is { } end)
                    {
                        reason = hold.Failure is { } text ? await FailAsync(text) : end;
                        break;
                    }
                }

                if (next is null || hold.Request.Fetcher is null)
                {
                    reason = CloseReason.Origin;
                    break;
                }

                // The answer to a link stands for everything that follows, its own link included.
                (var answer, reason) = await FetchAsync(next);
                if (answer is null)
                    break;
                instruct = answer;
                plan = ResumePlan.None;
                from = next;
            }

            return reason!.Value; // The loop ends with one.
        }
        finally
        {
            all.Ended(hold, reason);
        }
    }

    /// <summary>Joins and writes the first body. Not null: the stream has ended with that.</summary>
    private async ValueTask<CloseReason?> BeginAsync(Instruct instruct, ResumePlan plan)
    {
        all.Join.Join(hold, instruct, plan);
        await all.Join.SettleAsync(hold);
        if (await WriteBodyAsync(instruct) is { } broken)
            return hold.EndReason ?? broken;
        if (plan.EventChannels is not null && await hold.Writer.WriteAsync(hold.Log.Open(plan)) is { } brokenToo)
            return hold.EndReason ?? brokenToo;
        return null;
    }

    /// <summary>Why a stream ends that cannot learn what it missed (HTTP-29).</summary>
    public static string NoLink(string channel) => $"channel '{channel}' specifies prev-id, but no next link found";

    /// <summary>Begins to hold; what is returned completes when what waited is written, and when the hold changes.</summary>
    private (Task Written, Task Change) BeginHold(Instruct instruct, Uri? next, ResumePlan plan)
    {
        _keepAlive = instruct.KeepAlive is null ? null : new KeepAliveTimer(hold, instruct.KeepAlive, all.Wheel, all.Random);
        _timeout = next is null
            ? null
            : QuietTimer.ForLink(hold, all.Wheel, instruct.Next!.Timeout); // A resolved link comes from one.
        // HTTP-22: keep-alives are bytes too, so only a stream without any can be idle for so long.
        _idle = instruct.KeepAlive is not null || all.IdleTimeout <= TimeSpan.Zero
            ? null
            : QuietTimer.ForIdle(hold, all.Wheel, all.IdleTimeout);
        var change = hold.BeginHold(next);
        var written = hold.Writer.RunAsync();
        // What was published between the origin's answer and the join is known by its id (HTTP-35).
        if (next is not null && plan is { AsksOrigin: true, Outcome: { } outcome })
        {
            hold.BeginFetch();
            hold.CountRecovery(outcome.ToRecovery());
        }
        else if (next is not null && hold.IsBehind())
            hold.FetchSoon(RecoveryReason.PrevId);
        return (written, change);
    }

    private void EndTimers()
    {
        _keepAlive?.Dispose();
        _timeout?.Dispose();
        _idle?.Dispose();
        (_keepAlive, _timeout, _idle) = (null, null, null);
    }

    private async Task<(Instruct? Answer, CloseReason? End)> FetchAsync(Uri next)
    {
        try
        {
            var cancellation = hold.GetEndToken();
            await all.Follower.PaceAsync(_emptyAnswers, _asked, cancellation);
            _asked = all.Follower.GetTimestamp();
            await using var response = await all.Follower.FollowAsync(hold.Request.Fetcher!, new LinkRequest("GET", next, hold.LastIds()), cancellation);
            if (response is null)
                return (null, await FailAsync(NextLinkFailed));
            if (response.Instruct is not { } instruct)
                return (null, await FailAsync(response.Error ?? NextLinkFailed));
            if (instruct.Hold == HoldMode.Response)
                return (null, await FailAsync("Next link returned non-stream hold."));
            // Reserve before the body is written: what is published meanwhile waits.
            hold.CurrentUri = next;
            all.Join.Join(hold, instruct, await all.Join.Planner.PlanAsync(hold.Request, instruct, isFirst: false));
            await all.Join.SettleAsync(hold);
            _emptyAnswers = instruct.Hold == HoldMode.None && instruct.Response.Body.IsEmpty ? _emptyAnswers + 1 : 0;
            return await WriteBodyAsync(response, instruct, cancellation) is { } broken ? (null, hold.EndReason ?? broken) : (instruct, null);
        }
        catch (OperationCanceledException)
        {
            return (null, hold.EndReason ?? CloseReason.Client);
        }
    }

    private async Task<CloseReason?> WriteBodyAsync(Instruct instruct)
    {
        var body = ResponseContentFilter.Apply(instruct);
        return body.Error is { } error ? await FailAsync(error) : await hold.Writer.WriteAsync(body.Content);
    }

    private async Task<CloseReason?> WriteBodyAsync(LinkResponse response, Instruct instruct, CancellationToken cancellation)
    {
        if (response.Body is null)
            return await WriteBodyAsync(instruct);
        if (ResponseContentFilter.Open(instruct, out var filter) is { } unusable)
            return await FailAsync(unusable);
        try
        {
            var piece = new byte[CopyBytes];
            var filtered = filter is null ? null : new ArrayBufferWriter<byte>();
            while (true)
            {
                var count = await response.Body.ReadAsync(piece, cancellation);
                if (count == 0)
                    return filter?.Finish() is { } unfinished ? await FailAsync(ResponseContentFilter.Describe(unfinished)) : null;
                _emptyAnswers = 0;
                filtered?.ResetWrittenCount();
                var error = filtered is null ? null : filter?.Write(piece.AsSpan(0, count), filtered);
                // What is good of it goes out, whatever follows.
                if (await hold.Writer.WriteAsync(filtered?.WrittenMemory ?? piece.AsMemory(0, count)) is { } broken)
                    return broken;
                if (error is not null)
                    return await FailAsync(ResponseContentFilter.Describe(error));
            }
        }
        catch (IOException)
        {
            // Part of the body is with the client, so it cannot be asked for again: the client shall see a cut stream, not a clean end.
            return CloseReason.Error;
        }
    }

    /// <summary>Ends a stream that cannot go on; with debug the client reads why (HTTP-29).</summary>
    private async Task<CloseReason> FailAsync(string text)
    {
        if (hold.Request.Debug)
            await hold.Writer.WriteAsync(Encoding.UTF8.GetBytes($"\n\n{text}\n"));
        return CloseReason.Origin;
    }

    /// <summary>A channel whose order the hold knows and whose log does not help, or null.</summary>
    private string? FindPrevId()
    {
        foreach (var channel in hold.Channels)
        {
            if (channel.Subscription is { PrevId: not null, Cursor: null })
                return channel.Name;
        }

        return null;
    }
}
