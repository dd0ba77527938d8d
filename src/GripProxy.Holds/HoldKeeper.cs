using System.Collections.Concurrent;
using System.IO.Pipelines;
using System.Text;
using GripProxy.Channels.Delivery;
using GripProxy.Channels.Outcomes;
using GripProxy.Channels.Subscriptions;
using GripProxy.Channels.Timing;
using GripProxy.Holds.Response;
using GripProxy.Holds.Streams;
using Microsoft.Extensions.Logging;

namespace GripProxy.Holds;

/// <summary>Holds client requests: the entry to this project. Thread-safe.</summary>
public sealed class HoldKeeper
{
    private readonly ConcurrentDictionary<Hold, byte> _holds = new();
    private readonly JoinSequence _join;
    private readonly TimerWheel _wheel;
    private readonly TimeProvider _time;
    private readonly Random _random;
    private readonly ILogger<HoldKeeper> _logger;

    /// <summary>Holds requests on the channels of <paramref name="table"/>. <paramref name="random"/> must be thread-safe.</summary>
    public HoldKeeper(
        SubscriptionTable table, HoldsOptions options, TimerWheel wheel, TimeProvider time, Random random, ILoggerFactory loggers)
    {
        _join = new JoinSequence(table, options, loggers.CreateLogger<JoinSequence>());
        _wheel = wheel;
        _time = time;
        _random = random;
        _logger = loggers.CreateLogger<HoldKeeper>();
    }

    /// <summary>
    /// Holds a request for one answer (HTTP-24). Completes with the answer, with a retry, or with neither: then the connection is to be cut.
    /// Never throws for what a client, origin or publisher does.
    /// </summary>
    public async Task<ResponseHoldResult> HoldResponseAsync(HoldRequest request, CancellationToken clientGone)
    {
        var hold = new ResponseHold(request);
        var reservation = _join.Reserve(request, hold, SubscriptionMode.Response);
        hold.Channels = reservation.Channels;
        var timeout = new WheelTimer(static state => ((ResponseHold)state).End(CloseReason.Timeout), hold);
        _holds.TryAdd(hold, 0);
        try
        {
            if (reservation.IsBehind)
                hold.EndForRetry();
            hold.Release();
            _wheel.Schedule(timeout, request.Instruct.Timeout);
            await using var gone = clientGone.UnsafeRegister(static state => ((ResponseHold)state!).End(CloseReason.Client), hold);
            return await hold.WaitAsync();
        }
        finally
        {
            _wheel.Cancel(timeout);
            _join.Leave(hold.Channels);
            _holds.TryRemove(hold, out _);
        }
    }

    /// <summary>
    /// Subscribes, writes the template's body and then every item into <paramref name="output"/> until the stream ends (HTTP-27). The caller
    /// has sent status and headers; it ends the response afterwards: cleanly, or by cutting the connection where the reason is neither
    /// <see cref="CloseReason.Published"/> nor <see cref="CloseReason.Origin"/>.
    /// </summary>
    public async Task<CloseReason> HoldStreamAsync(HoldRequest request, PipeWriter output, CancellationToken clientGone)
    {
        if (FindUnlinkedPrevId(request) is { } channel)
            return await EndUnlinkedAsync(request, output, channel);

        var hold = new StreamHold(request, output, _time, _logger);
        hold.Channels = _join.Reserve(request, hold, SubscriptionMode.Stream).Channels;
        var keepAlive = request.Instruct.KeepAlive is { } settings ? new KeepAliveTimer(hold, settings, _wheel, _random) : null;
        _holds.TryAdd(hold, 0);
        try
        {
            await using var gone = clientGone.UnsafeRegister(static state => ((StreamHold)state!).End(CloseReason.Client), hold);
            keepAlive?.Start();
            await hold.WriteAsync(request.Instruct.Response.Body);
            return await hold.Completion;
        }
        finally
        {
            keepAlive?.Stop();
            _join.Leave(hold.Channels);
            _holds.TryRemove(hold, out _);
        }
    }

    /// <summary>Ends everything that is held now, for the end of the process.</summary>
    public void EndAll(CloseReason reason)
    {
        foreach (var hold in _holds.Keys)
            hold.End(reason);
    }

    /// <summary>A stream channel with prev-id needs a next link, or a gap could not be filled (HTTP-29).</summary>
    private static string? FindUnlinkedPrevId(HoldRequest request)
    {
        if (request.Instruct.Next is not null)
            return null;
        foreach (var channel in request.Instruct.Channels)
        {
            if (channel.PrevId is not null)
                return channel.Name;
        }

        return null;
    }

    private async Task<CloseReason> EndUnlinkedAsync(HoldRequest request, PipeWriter output, string channel)
    {
        var queue = new OutboundQueue();
        if (request.Debug)
            queue.Enqueue(Encoding.UTF8.GetBytes($"\n\nchannel '{channel}' specifies prev-id, but no next link found\n"), ChannelRule.Default);
        var broken = await new StreamHoldWriter(request.ConnectionId, output, queue, _logger).RunAsync(request.Instruct.Response.Body);
        return broken ?? CloseReason.Origin;
    }
}
