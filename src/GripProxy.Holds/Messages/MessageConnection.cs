using GripProxy.Channels.Outcomes;
using GripProxy.Holds.Timing;
using GripProxy.Protocol.Http;
using GripProxy.Protocol.Instructs;
using GripProxy.Protocol.WebSockets.Controls;

namespace GripProxy.Holds.Messages;

/// <summary>
/// A held client of a message protocol, for whoever talks to it (SIG-01). What changes it is done by one caller at a time; <see cref="End"/> may be called
/// from any thread.
/// </summary>
public sealed class MessageConnection : IDisposable
{
    private readonly MessageHold _hold;
    private readonly MessageChannels _channels;
    private readonly InstructLimits _limits;
    private readonly Random _random;
    private readonly HoldParts _parts;
    private readonly Action _leave;
    private KeepAliveTimer? _keepAlive;
    private bool _isDisposed;

    internal MessageConnection(MessageHold hold, JoinSequence join, InstructLimits limits, Random random, HoldParts parts, Action leave)
    {
        _hold = hold;
        _channels = new MessageChannels(hold, join);
        _limits = limits;
        _random = random;
        _parts = parts;
        _leave = leave;
    }

    /// <summary>Its id, unique in this process.</summary>
    public string Id => _hold.ConnectionId;

    /// <summary>Completes when nothing reaches the client any more; says why.</summary>
    public Task<CloseReason> Ended => _hold.Output.Ended;

    /// <summary>True if a channel can have that name.</summary>
    public bool IsChannelName(string name) => name.Length > 0 && GripText.IsChannelName(name, _limits.MaxChannelNameBytes);

    /// <summary>True if the client has this channel, or may have one more; where it may not, that is counted as a refusal.</summary>
    public bool HasRoomFor(string channel) => _channels.HasRoomFor(channel);

    /// <summary>Lets the client have the channels that its route gives it (HTTP-41).</summary>
    public async ValueTask BeginAsync()
    {
        foreach (var channel in _hold.ImplicitChannels)
            await _channels.SubscribeAsync(channel, channel, [], position: null);
        _hold.Drain();
    }

    /// <summary>Lets the client have a channel that somebody allowed, or begin on it anew. It is told how it begins, then gets items.</summary>
    /// <param name="channel">Name without route prefix.</param>
    /// <param name="position">Where the client says that it stands, or null (LOG-09).</param>
    public ValueTask<SubscribeRefusal> SubscribeAsync(string channel, string? position) =>
        IsChannelName(channel) ? _channels.SubscribeAsync(channel, [], position) : ValueTask.FromResult(SubscribeRefusal.BadChannel);

    /// <summary>Takes a channel away, if the client has it.</summary>
    /// <param name="channel">Name without route prefix.</param>
    public void Unsubscribe(string channel) => _channels.Unsubscribe(channel);

    /// <summary>Does what an origin answered in control messages, in their order (SIG-02); one that cannot be used is ignored.</summary>
    /// <param name="controls">Their JSON.</param>
    /// <param name="asked">The channel that the client asked for, or null: it did not ask.</param>
    /// <param name="position">Where it says that it stands on it, or null.</param>
    /// <returns>What became of the channel asked for; without one None.</returns>
    public async ValueTask<SubscribeRefusal> ApplyAsync(IEnumerable<ReadOnlyMemory<byte>> controls, string? asked, string? position)
    {
        var refusal = asked is null ? SubscribeRefusal.None : SubscribeRefusal.NotAllowed;
        foreach (var json in controls)
        {
            switch (ControlReader.Read(json, _limits).Control)
            {
                case SubscribeControl subscribe when subscribe.Channel == asked:
                    // LOG-12: an origin that minds says where the client begins.
                    refusal = await _channels.SubscribeAsync(subscribe.Channel, subscribe.Filters, PositionOf(subscribe, position));
                    break;
                case SubscribeControl subscribe:
                    await _channels.SubscribeAsync(subscribe.Channel, subscribe.Filters, PositionOf(subscribe, position: null));
                    break;
                case UnsubscribeControl unsubscribe:
                    _channels.Unsubscribe(unsubscribe.Channel);
                    break;
                case SetMetaControl meta:
                    _channels.SetMeta(meta.Name, meta.Value);
                    break;
                case KeepAliveControl keepAlive:
                    KeepAlive(keepAlive);
                    break;
            }
        }

        return refusal;
    }

    /// <summary>Disconnects the client and says why. Only the first reason counts.</summary>
    public void End(CloseReason reason) => _hold.End(reason);

    /// <summary>The client is gone, or is to be: gives its channels back. May be called twice.</summary>
    public void Dispose()
    {
        if (_isDisposed)
            return;
        _isDisposed = true;
        _keepAlive?.Dispose();
        _hold.Output.Cut(CloseReason.Client);
        _channels.LeaveAll();
        _hold.Output.Forget();
        _leave();
    }

    private static string? PositionOf(SubscribeControl control, string? position) =>
        control.Position == "now" ? null : control.Position ?? position;

    // What the origin wants to be sent is a message of its own protocol; here something is sent that clients do not see.
    private void KeepAlive(KeepAliveControl control)
    {
        _keepAlive?.Dispose();
        _keepAlive = control.Message is null
            ? null
            : new KeepAliveTimer(_hold, new KeepAlive(_hold.Framing.Ping, control.Timeout, control.Mode), _parts.Wheel, _random);
    }
}
