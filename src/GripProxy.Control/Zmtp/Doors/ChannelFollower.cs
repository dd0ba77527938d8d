using System.Threading.Channels;
using GripProxy.Channels.Subscriptions;
using GripProxy.Control.Zmtp.Sockets;

namespace GripProxy.Control.Zmtp.Doors;

/// <summary>
/// Makes the SUB socket want exactly the channels that are in use (PUB-22). What it hears under shard locks it only enqueues; one task passes it on
/// in order, so that a publisher who connects while many channels are in use makes nobody wait.
/// </summary>
internal sealed class ChannelFollower(SubSocket socket) : IChannelObserver
{
    private readonly Channel<(string Channel, bool InUse)> _heard =
        Channel.CreateUnbounded<(string Channel, bool InUse)>(new UnboundedChannelOptions { SingleReader = true });

    public void Opened(string channel) => _heard.Writer.TryWrite((channel, true));

    public void Changed(string channel, SubscriptionMode mode, int subscribers, bool lingers)
    {
        // Who uses a channel does not matter to publishers.
    }

    public void Closed(string channel) => _heard.Writer.TryWrite((channel, false));

    /// <summary>Passes on until <see cref="Stop"/>.</summary>
    public async Task RunAsync()
    {
        await foreach (var (channel, inUse) in _heard.Reader.ReadAllAsync())
        {
            if (inUse)
                socket.Subscribe(channel);
            else
                socket.Unsubscribe(channel);
        }
    }

    /// <summary>Hears nothing more.</summary>
    public void Stop() => _heard.Writer.TryComplete();
}
