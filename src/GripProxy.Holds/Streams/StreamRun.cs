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
internal sealed class StreamRun(StreamHold hold, StreamServices all, Instruct first, ResumePlan plan)
{
    private const int CopyBytes = 16 * 1024;
    private const string NextLinkFailed = "Failed to retrieve next link.";

    // What the origin said last, forgotten once it is done: the stream may be held for days.
    private Instruct? _instruct = first;
    private ResumePlan _plan = plan;
    private Uri? _next;

    // While it holds, only these are kept, and nothing of a method that waits.
    private KeepAliveTimer? _keepAlive;
    private QuietTimer? _timeout;
    private QuietTimer? _idle;
    private int _emptyAnswers;
    private long _asked;

    /// <summary>Runs to the end of the stream. Never throws for what a client, origin or publisher does.</summary>
    /// <param name="gone">Ends the hold when the client's connection is gone; it is over when the stream is.</param>
    public async Task<CloseReason> RunAsync(CancellationTokenRegistration gone)
    {
        CloseReason? reason = null;
        try
        {
            reason = await BeginAsync();
            while (reason is null)
            {
                if (_instruct is { Hold: HoldMode.Stream })
                {
                    await BeginHold(_instruct);
                    reason = await EndHoldAsync();
                }

                // The answer to a link stands for everything that follows, its own link included.
                reason ??= await FetchAsync();
            }

            return reason.Value;
        }
        finally
        {
            await gone.DisposeAsync();
            all.Ended(hold, reason);
        }
    }

    /// <summary>Joins and writes the first body. Not null: the stream has ended with that.</summary>
    private async ValueTask<CloseReason?> BeginAsync()
    {
        var instruct = _instruct!; // Set until it is held.
        all.Join.Join(hold, instruct, _plan);
        await all.Join.SettleAsync(hold);
        if (await WriteBodyAsync(instruct) is { } broken)
            return hold.EndReason ?? broken;
        if (_plan.EventChannels is not null && await hold.Writer.WriteAsync(hold.Log.Open(_plan)) is { } brokenToo)
            return hold.EndReason ?? brokenToo;
        return await FollowAsync(instruct);
    }

    /// <summary>What an instruct says of how the stream goes on. Not null: it cannot.</summary>
    private ValueTask<CloseReason?> FollowAsync(Instruct instruct)
    {
        _instruct = instruct;
        _next = hold.Link is not null && hold.CurrentUri is { } from && instruct.Next is not null ? LinkFollower.Resolve(from, instruct.Next) : null;
        return instruct.Hold == HoldMode.Stream && _next is null && FindPrevId() is { } channel ? FailAsync(NoLink(channel)) : default;
    }

    /// <summary>Why a stream ends that cannot learn what it missed (HTTP-29).</summary>
    public static string NoLink(string channel) => $"channel '{channel}' specifies prev-id, but no next link found";

    /// <summary>Begins to hold; what is returned completes when the hold changes.</summary>
    private Task BeginHold(Instruct instruct)
    {
        hold.Settle();
        _keepAlive = instruct.KeepAlive is null ? null : new KeepAliveTimer(hold, instruct.KeepAlive, all.Wheel, all.Random);
        _timeout = _next is null
            ? null
            : QuietTimer.ForLink(hold.Link!, all.Wheel, instruct.Next!.Timeout); // A resolved link comes from one.
        // HTTP-22: keep-alives are bytes too, so only a stream without any can be idle for so long.
        _idle = instruct.KeepAlive is not null || all.IdleTimeout <= TimeSpan.Zero
            ? null
            : QuietTimer.ForIdle(hold, all.Wheel, all.IdleTimeout);
        var change = hold.BeginHold(_next);
        _ = hold.Writer.RunAsync(); // Never faults; whoever claims the writer waits for it.
        // What was published between the origin's answer and the join is known by its id (HTTP-35).
        if (hold.Link is { Next: not null } link)
        {
            if (_plan is { AsksOrigin: true, Outcome: { } outcome })
            {
                link.BeginFetch();
                hold.CountRecovery(outcome.ToRecovery());
            }
            else if (hold.IsBehind())
            {
                link.FetchSoon(RecoveryReason.PrevId);
            }
        }

        (_instruct, _plan) = (null, ResumePlan.None);
        return change;
    }

    /// <summary>Becomes the writer. Not null: why the stream ends.</summary>
    private async ValueTask<CloseReason?> EndHoldAsync()
    {
        EndTimers();
        await hold.Writer.ClaimAsync();
        if (hold.EndReason is not { } end)
            return null;
        return hold.Failure is { } text ? await FailAsync(text) : end;
    }

    private void EndTimers()
    {
        _keepAlive?.Dispose();
        _timeout?.Dispose();
        _idle?.Dispose();
        (_keepAlive, _timeout, _idle) = (null, null, null);
    }

    /// <summary>Asks the next link and does what it says, but for the hold. Not null: why the stream ends.</summary>
    private async ValueTask<CloseReason?> FetchAsync()
    {
        if (_next is not { } next || hold.Fetcher is not { } fetcher)
            return CloseReason.Origin;
        try
        {
            var cancellation = hold.GetEndToken();
            await all.Follower.PaceAsync(_emptyAnswers, _asked, cancellation);
            _asked = all.Follower.GetTimestamp();
            await using var response = await all.Follower.FollowAsync(fetcher, new LinkRequest("GET", next, hold.LastIds()), cancellation);
            if (response is null)
                return await FailAsync(NextLinkFailed);
            if (response.Instruct is not { } instruct)
                return await FailAsync(response.Error ?? NextLinkFailed);
            if (instruct.Hold == HoldMode.Response)
                return await FailAsync("Next link returned non-stream hold.");
            // Reserve before the body is written: what is published meanwhile waits.
            hold.CurrentUri = next;
            all.Join.Join(hold, instruct, await all.Join.Planner.PlanLinkAsync(hold, instruct));
            // The origin is asked once for what the log does not have (LOG-05), and this was it.
            _plan = ResumePlan.None;
            await all.Join.SettleAsync(hold);
            _emptyAnswers = instruct.Hold == HoldMode.None && instruct.Response.Body.IsEmpty ? _emptyAnswers + 1 : 0;
            return await WriteBodyAsync(response, instruct, cancellation) is { } broken ? hold.EndReason ?? broken : await FollowAsync(instruct);
        }
        catch (OperationCanceledException)
        {
            return hold.EndReason ?? CloseReason.Client;
        }
    }

    private ValueTask<CloseReason?> WriteBodyAsync(Instruct instruct)
    {
        var body = ResponseContentFilter.Apply(instruct);
        return body.Error is { } error ? FailAsync(error) : hold.Writer.WriteAsync(body.Content);
    }

    private async ValueTask<CloseReason?> WriteBodyAsync(LinkResponse response, Instruct instruct, CancellationToken cancellation)
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
    private async ValueTask<CloseReason?> FailAsync(string text)
    {
        if (hold.Debug)
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
