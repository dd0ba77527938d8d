using System.Globalization;
using GripProxy.Holds.WebSockets;

namespace GripProxy.Holds.Tests.WebSockets;

/// <summary>An origin that remembers every item, and says what comes after the last one that a client has.</summary>
internal sealed class RecoveringOrigin : TestPeer, IWebSocketOrigin
{
    private readonly Lock _gate = new();
    private int _newest;
    private int _questions;

    public int Questions => _questions;

    /// <summary>Remembers one more item and returns its id.</summary>
    public int Append()
    {
        lock (_gate)
            return ++_newest;
    }

    /// <summary>Subscribes the client from the item that is the newest now.</summary>
    public void Subscribe() => Control($$"""{"type":"subscribe","channel":"c","prev-id":"{{_newest}}"}""");

    public bool Refresh() => false;

    public bool TryRecover(string channel, string? lastId, string reason)
    {
        lock (_gate)
        {
            _questions++;
            for (var id = int.Parse(lastId!, CultureInfo.InvariantCulture) + 1; id <= _newest; id++)
                Text($"m:{id}");
            Subscribe();
        }

        return true;
    }
}
