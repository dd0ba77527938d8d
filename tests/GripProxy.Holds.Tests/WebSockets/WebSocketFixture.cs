using System.Text;
using GripProxy.Channels;
using GripProxy.Channels.Outcomes;
using GripProxy.Protocol.Items;
using GripProxy.Protocol.WebSockets;

namespace GripProxy.Holds.Tests.WebSockets;

/// <summary>A held WebSocket between a client and an origin in memory, under a clock that the test moves.</summary>
internal sealed class WebSocketFixture : IDisposable
{
    public WebSocketFixture(
        GripExtension? grip = null, HoldRequest? request = null, bool canRecover = false, ChannelsOptions? channels = null, HoldsOptions? holds = null)
        : this(new HoldsFixture(channels, holds), grip, request ?? Request(), canRecover)
    {
    }

    /// <summary>One of several on the same channels.</summary>
    public WebSocketFixture(HoldsFixture holds, GripExtension? grip, HoldRequest request, bool canRecover = false)
    {
        Holds = holds;
        Origin = new TestOrigin { CanRecover = canRecover };
        Held = Holds.Keeper.HoldWebSocketAsync(request, Client, Origin, grip, Gone.Token);
    }

    public HoldsFixture Holds { get; }

    public TestClient Client { get; } = new();

    public TestOrigin Origin { get; }

    public CancellationTokenSource Gone { get; } = new();

    public Task<CloseReason> Held { get; }

    /// <summary>An origin that speaks GRIP with the usual prefix.</summary>
    public static WebSocketFixture Grip(
        HoldRequest? request = null, bool canRecover = false, ChannelsOptions? channels = null, HoldsOptions? holds = null) =>
        new(new GripExtension("m:"), request, canRecover, channels, holds);

    public static HoldRequest Request(bool debug = false) => new() { ConnectionId = "1", Url = "ws://h/p", Debug = debug };

    public void Publish(
        string text,
        string channel = "c",
        string? id = null,
        string? prevId = null,
        (string Name, string Value)? meta = null,
        string[]? contentFilters = null,
        WebSocketMessageType type = WebSocketMessageType.Text,
        bool noSequence = true) => Publish(new Item
        {
            Channel = channel,
            Id = id,
            PrevId = prevId,
            NoSequence = noSequence,
            Meta = meta is { } pair ? new Dictionary<string, string>(StringComparer.Ordinal) { [pair.Name] = pair.Value } : [],
            WebSocketMessage = new WebSocketMessageFormat { Type = type, Content = Encoding.UTF8.GetBytes(text), ContentFilters = contentFilters },
        });

    public void PublishAction(ItemAction action, int? code = null, string reason = "", string channel = "c") => Publish(
        new Item { Channel = channel, WebSocketMessage = new WebSocketMessageFormat { Action = action, Code = code, Reason = reason } });

    public void Publish(Item item) => Holds.Pipeline.Publish([item]);

    /// <summary>Lets the origin say these controls, and waits until they are done.</summary>
    public async Task ControlAsync(params string[] controls)
    {
        foreach (var control in controls)
            Origin.Control(control.Replace('\'', '"'));
        Origin.Text("m:done");
        Assert.Equal("text done", await Client.NextAsync());
    }

    public Task SubscribeAsync(string members = "'channel':'c'") => ControlAsync($"{{'type':'subscribe',{members}}}");

    public void Advance(double seconds) => Holds.Time.Advance(TimeSpan.FromSeconds(seconds));

    public void Dispose()
    {
        Gone.Dispose();
        Holds.Dispose();
    }
}
