using System.Text.Json;
using GripProxy.Plugins.Engine;
using GripProxy.Plugins.Queue;
using GripProxy.Plugins.Tenants;
using Microsoft.Extensions.Logging;

namespace GripProxy.Plugins.Post;

/// <summary>
/// Gathers events for <c>exportEvents</c> of one install and hands them over in batches, one batch at a time (plugins.md §7.6). The buffer is the queue. Owned by the
/// stage.
/// </summary>
internal sealed class ExportLane : PostLoop
{
    /// <summary>The exported function, and the stage of its dead letters.</summary>
    public const string Method = "exportEvents";

    // The loop, and whoever flushes.
    private readonly SemaphoreSlim _turn = new(1);
    private readonly GuardedCalls _calls;
    private long _bytes;
    private DateTimeOffset? _oldest;
    private DateTimeOffset? _retryDue;
    private bool? _large;
    private bool _stale;

    /// <summary>Does nothing yet.</summary>
    public ExportLane(PostLineOf line, PostParts parts, GuardedCalls calls, ILogger logger, CancellationToken stopping)
        : base(line, parts, logger, stopping) => _calls = calls;

    /// <summary>Events were stored.</summary>
    public void Stored(IReadOnlyList<PostWork> works)
    {
        Interlocked.Add(ref _bytes, works.Sum(work => work.Body.Length + 1L));
        Parts.Counts?.ExportsSeen(Parts.NameOf(Line.Install), works.Count);
        Wake();
    }

    /// <summary>Hands over what has gathered, before the plugin ends. What is not taken stays for its next life, as does what comes meanwhile.</summary>
    /// <param name="install">The install as the copy that ends has it.</param>
    /// <param name="call">Calls that copy.</param>
    /// <param name="late">Cancelled when the copy cannot be called any more.</param>
    public async Task FlushAsync(Install install, Func<string, ReadOnlyMemory<byte>, Task<CallResult>> call, CancellationToken late)
    {
        await _turn.WaitAsync(late);
        try
        {
            foreach (var batch in PostBatch.Split(await Parts.Queue.ReadBufferAsync(Line, ExportSettings.Largest), ExportSettings.Of(install).BytesOr(_large ?? false)))
            {
                if (late.IsCancellationRequested || IsPaused)
                    return;
                var error = (await call(Method, PostBatch.Join(batch))).Error;
                Parts.Counts?.Exported(Parts.NameOf(Line.Install), batch.Count, error);
                if (!(error is null ? await Parts.Queue.RemoveAsync(batch) : await FailAsync(batch, error)) || error is not null)
                    return;
            }
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <inheritdoc/>
    public override void Look()
    {
        Volatile.Write(ref _stale, true);
        Wake();
    }

    /// <inheritdoc/>
    public override async Task LetGoAsync()
    {
        // What is read from now on is this node's.
        await _turn.WaitAsync();
        _turn.Release();
    }

    /// <inheritdoc/>
    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        _turn.Dispose();
    }

    /// <inheritdoc/>
    protected override async Task StepAsync(CallablePlugin plugin)
    {
        var settings = ExportSettings.Of(plugin.Install);
        await _turn.WaitAsync();
        try
        {
            while (!IsPaused && await SendAsync(plugin, settings))
            {
                // There may be more.
            }
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <inheritdoc/>
    protected override async Task BuryAllAsync()
    {
        var gone = new DeadLetterReason(Method, Line.Install, "the plugin is not installed any more");
        while (await NextToBuryAsync() is { Count: > 0 } next)
        {
            if (await BuryAsync(next, gone))
                continue;
            Pause();
            return;
        }
    }

    /// <inheritdoc/>
    protected override Task WhileOffAsync()
    {
        // The next copy is asked again.
        _large = null;
        return Task.CompletedTask;
    }

    private async Task<IReadOnlyList<PostWork>> NextToBuryAsync() =>
        await Parts.Queue.ReadBatchAsync(Line) is { Count: > 0 } batch ? batch : await Parts.Queue.ReadBufferAsync(Line, ExportSettings.Largest);

    // One batch; false if there is none to send now.
    private async Task<bool> SendAsync(CallablePlugin plugin, ExportSettings settings)
    {
        if (Interlocked.Exchange(ref _stale, false))
            (_oldest, _retryDue) = (null, null);
        var now = Parts.Time.GetUtcNow();
        if (_retryDue is null || _retryDue <= now)
        {
            var retry = await Parts.Queue.ReadBatchAsync(Line);
            _retryDue = retry.Count > 0 ? retry[0].Due : DateTimeOffset.MaxValue;
            if (_retryDue <= now)
                return await SendAsync(retry);
        }

        WakeAt(_retryDue);
        if (_oldest is null || Interlocked.Read(ref _bytes) >= settings.BytesOr(_large ?? false) || now >= _oldest + settings.Wait)
            await MeasureAsync();
        if (_oldest is not { } oldest)
            return false;
        if (_large is null && !await AskAsync(plugin))
            return false;
        var limit = settings.BytesOr(_large!.Value); // Asked for.
        if (Interlocked.Read(ref _bytes) >= limit || now >= oldest + settings.Wait)
            return await SendAsync(await Parts.Queue.ReadBufferAsync(Line, limit));
        WakeAt(_retryDue < oldest + settings.Wait ? _retryDue : oldest + settings.Wait);
        return false;
    }

    private async Task MeasureAsync()
    {
        var buffer = await Parts.Queue.BufferAsync(Line);
        Interlocked.Exchange(ref _bytes, buffer.Bytes);
        _oldest = buffer.Oldest;
    }

    private async Task<bool> AskAsync(CallablePlugin plugin)
    {
        if (plugin.Capabilities?.Has("getSettings") != true)
        {
            _large = false;
            return true;
        }

        if (await _calls.CallAsync(Line.Install, "getSettings", default) is not { } result)
        {
            Pause();
            return false;
        }

        _large = result.Error is null && IsLarge(result.Value);
        return true;
    }

    private static bool IsLarge(ReadOnlyMemory<byte> settings)
    {
        using var document = CellJson.Parse(settings);
        return document.RootElement.ValueKind == JsonValueKind.Object && CellJson.Find(document.RootElement, "handlesLargeBatches") is { ValueKind: JsonValueKind.True };
    }

    private async Task<bool> SendAsync(IReadOnlyList<PostWork> batch)
    {
        var turn = new CallTurn(batch.Max(work => work.Depth), batch[0].Attempts + 1, RetrySchedule.Export.Attempts);
        var result = await _calls.CallAsync(Line.Install, Method, turn, PostBatch.Join(batch));
        _oldest = null;
        _retryDue = null;
        if (result is not null)
            Parts.Counts?.Exported(Parts.NameOf(Line.Install), batch.Count, result.Error);
        var stored = result is not null && (result.Error is { } error ? await FailAsync(batch, error) : await Parts.Queue.RemoveAsync(batch));
        if (!stored)
            Pause();
        return stored;
    }

    private async Task<bool> FailAsync(IReadOnlyList<PostWork> batch, PluginError error)
    {
        var attempts = batch[0].Attempts + 1;
        if (!error.IsRetry || RetrySchedule.Export.After(attempts, Parts.Random) is not { } delay)
        {
            Parts.Counts?.ExportsLost(Parts.NameOf(Line.Install), batch.Count);
            return await BuryAsync(batch, new DeadLetterReason(Method, Line.Install, $"{error.Name}: {error.Message}", error.Stack));
        }

        var due = Parts.Time.GetUtcNow() + delay;
        _retryDue = null;
        return await Parts.Queue.UpdateAsync([.. batch.Select(work => work with { Attempts = attempts, Due = due, Batch = batch[0].Id })]);
    }
}
