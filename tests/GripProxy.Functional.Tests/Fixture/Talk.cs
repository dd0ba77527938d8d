using GripProxy.Testing;

namespace GripProxy.Functional.Tests.Fixture;

/// <summary>A WebSocket through the proxy with both its ends. Owned by one test.</summary>
/// <param name="client">The client's end.</param>
/// <param name="origin">The origin's end.</param>
public sealed class Talk(RawWebSocket client, TalkOrigin origin) : IAsyncDisposable
{
    public RawWebSocket Client => client;

    public TalkOrigin Origin => origin;

    public ValueTask DisposeAsync() => client.DisposeAsync();
}
