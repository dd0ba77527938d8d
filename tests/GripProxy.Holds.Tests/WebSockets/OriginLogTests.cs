using GripProxy.Channels.Outcomes;
using GripProxy.Protocol.WebSockets;
using GripProxy.Testing;

namespace GripProxy.Holds.Tests.WebSockets;

/// <summary>What the log says when an origin's messages do not do what it may have meant.</summary>
public sealed class OriginLogTests : IDisposable
{
    private readonly LogRecorder _logs = new();
    private readonly HoldsFixture _holds;

    public OriginLogTests() => _holds = new HoldsFixture(logs: _logs);

    public void Dispose()
    {
        _holds.Dispose();
        _logs.Dispose();
    }

    [Fact]
    public async Task Read_ControlsWithoutGrip_AreRelayedAndSaidOnce()
    {
        using var ws = new WebSocketFixture(_holds, grip: null, WebSocketFixture.Request());
        ws.Origin.Text("hello");
        ws.Origin.Text("c:{}");
        ws.Origin.Text("c:{1}");

        Assert.Equal("text hello", await ws.Client.NextAsync());
        Assert.Equal("text c:{}", await ws.Client.NextAsync());
        Assert.Equal("text c:{1}", await ws.Client.NextAsync());
        var line = Assert.Single(Lines("GRIP is not enabled"));
        Assert.StartsWith("Information: connection 1: ", line, StringComparison.Ordinal);
        Assert.EndsWith("Sec-WebSocket-Extensions: grip", line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Read_MessageWithoutPrefix_IsSaidAtDebug()
    {
        using var ws = new WebSocketFixture(_holds, new GripExtension("m:"), WebSocketFixture.Request());
        ws.Origin.Text("hello");
        ws.Origin.Text("m:done");

        Assert.Equal("text done", await ws.Client.NextAsync());
        Assert.StartsWith("Debug: connection 1: ", Assert.Single(Lines("is dropped")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Subscribe_UnknownFilter_IsSaidOnce()
    {
        using var ws = new WebSocketFixture(_holds, new GripExtension("m:"), WebSocketFixture.Request());
        await ws.SubscribeAsync("'channel':'c','filters':['skip-self','skip-me']");
        await ws.SubscribeAsync("'channel':'d','filters':['skip-me']");

        Assert.Contains("'skip-me'", Assert.Single(Lines("does not exist")), StringComparison.Ordinal);
    }

    [Fact]
    public void IsNew_VeryManyOrVeryLongNames_AreNotRemembered()
    {
        var unknown = new UnknownNames();

        Assert.Equal(100, Enumerable.Range(0, 200).Count(number => unknown.IsNew($"filter-{number}")));
        Assert.False(new UnknownNames().IsNew(new string('x', 101)));
    }

    private IEnumerable<string> Lines(string text) => _logs.Lines.Where(line => line.Contains(text, StringComparison.Ordinal));
}
