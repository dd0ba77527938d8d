using GripProxy.Channels.Subscriptions;
using GripProxy.Protocol.Instructs;
using Microsoft.Extensions.Logging;

namespace GripProxy.Holds;

/// <summary>
/// Reserves a hold's places on its channels, the first step of joining (reserve, replay, release), for every transport. From here on items
/// wait in the hold's queue until it releases them, so nothing is missed in between. Stateless.
/// </summary>
internal sealed partial class JoinSequence(SubscriptionTable table, HoldsOptions options, ILogger<JoinSequence> logger)
{
    /// <summary>Subscribes <paramref name="outbound"/> to what the request's instruct and target name.</summary>
    public Reservation Reserve(HoldRequest request, IOutbound outbound, SubscriptionMode mode)
    {
        var named = request.Instruct.Channels;
        if (named.Count > options.MaxSubscriptions)
            Log.TooManyChannels(logger, request.Url, named.Count, options.MaxSubscriptions);

        var channels = new List<HeldChannel>(Math.Min(named.Count, options.MaxSubscriptions) + request.ImplicitChannels.Count);
        var behind = false;
        for (var i = 0; i < named.Count && i < options.MaxSubscriptions; i++)
            behind |= ReserveOne(request, outbound, mode, named[i], request.ChannelPrefix + named[i].Name, channels);
        foreach (var name in request.ImplicitChannels)
            behind |= ReserveOne(request, outbound, mode, new ChannelInstruct(name, PrevId: null, Filters: []), name, channels);
        return new Reservation(channels, behind);
    }

    /// <summary>Gives all places back.</summary>
    public void Leave(IReadOnlyList<HeldChannel> channels)
    {
        for (var i = 0; i < channels.Count; i++)
            table.Leave(channels[i].Subscription);
    }

    private bool ReserveOne(
        HoldRequest request, IOutbound outbound, SubscriptionMode mode, ChannelInstruct channel, string fullName, List<HeldChannel> held)
    {
        // A channel named twice delivers once (OBS-51).
        if (held.Exists(h => h.Subscription.Channel == fullName))
            return false;
        var join = table.Join(outbound, fullName, mode, channel.PrevId);
        held.Add(new HeldChannel(channel.Name, join.Subscription));
        Log.Subscribed(logger, request.Url, fullName, request.IsRetry ? " retry" : "");
        return join.IsBehind;
    }

    /// <summary>The places of a hold. Immutable.</summary>
    /// <param name="Channels">One entry per channel.</param>
    /// <param name="IsBehind">True if one of the channels has gone on since the origin answered (HTTP-35).</param>
    internal readonly record struct Reservation(IReadOnlyList<HeldChannel> Channels, bool IsBehind);
}
