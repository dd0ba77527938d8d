using System.Net;
using GripProxy.Channels.Traffic;
using GripProxy.Testing;

namespace GripProxy.Channels.Tests.Traffic;

public sealed class LiveConnectionsTests
{
    private static readonly ConnectionIdentity Somebody = new("id", IPAddress.Loopback, IsSecure: false);

    private readonly ManualTime _time = new();
    private readonly RouteTraffic _route = new TrafficBook().Of("r");
    private readonly Listener _listener = new();
    private readonly LiveConnections _connections;

    public LiveConnectionsTests()
    {
        _connections = new LiveConnections(_time);
        _connections.ListenWith(_listener);
    }

    [Fact]
    public void Begin_CountsARequestAMinuteAndASignOfLife()
    {
        Begin();
        Assert.Equal(1, _route.Total(TrafficCount.Requests));
        Assert.Equal(1, _route.Total(TrafficCount.Activity));
        Assert.Equal(1, _route.Total(TrafficCount.Minutes));
        Assert.Equal(1, _route.Connections);
    }

    [Fact]
    public void Begin_WithIdentity_IsSeenOnceAndGoneAtTheEnd()
    {
        var connection = Begin();
        _connections.End(connection);
        _connections.End(connection);
        Assert.Equal(["seen id", "gone id"], _listener.Heard);
        Assert.Equal(0, _route.Connections);
    }

    [Fact]
    public void Begin_WithoutIdentity_IsNotSeenBeforeItIsHeld()
    {
        var connection = _connections.Begin(_route, isWebSocket: false, identity: null);
        Assert.Empty(_listener.Heard);
        _connections.Hold(connection, Somebody);
        Assert.Equal(["seen id"], _listener.Heard);
    }

    [Fact]
    public void End_OfOneThatWasNeverNamed_IsNotToldEither()
    {
        _connections.End(_connections.Begin(_route, isWebSocket: false, identity: null));
        Assert.Empty(_listener.Heard);
    }

    [Fact]
    public void Visit_AllGroups_NamesEveryConnectionOnce()
    {
        var all = Enumerable.Range(0, 1000).Select(i => _connections.Begin(_route, isWebSocket: true, Somebody with { Id = $"{i}" })).ToList();
        for (var i = 0; i < all.Count; i += 3)
            _connections.End(all[i]);
        _listener.Heard.Clear();
        for (var group = 0; group < LiveConnections.GroupCount; group++)
            _connections.Visit(group);
        Assert.Equal(
            Enumerable.Range(0, 1000).Where(i => i % 3 != 0).Select(i => $"seen {i}").Order(StringComparer.Ordinal), _listener.Heard.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Begin_NobodyListens_NeedsNoIdentity()
    {
        _listener.IsListening = false;
        Assert.False(_connections.WantsIdentity);
        _connections.End(Begin());
        Assert.Empty(_listener.Heard);
    }

    [Fact]
    public void Minutes_OfALongConnection_CountEachThatBegan()
    {
        var connection = Begin();
        _time.Advance(TimeSpan.FromSeconds(130));
        for (var group = 0; group < LiveConnections.GroupCount; group++)
            _connections.Visit(group);
        Assert.Equal(3, _route.Total(TrafficCount.Minutes));
        _time.Advance(TimeSpan.FromSeconds(40));
        _connections.End(connection);
        Assert.Equal(3, _route.Total(TrafficCount.Minutes));
    }

    [Fact]
    public void Minutes_OfOneThatEndsUnvisited_AreCountedAtTheEnd()
    {
        var connection = Begin();
        _time.Advance(TimeSpan.FromSeconds(61));
        _connections.End(connection);
        Assert.Equal(2, _route.Total(TrafficCount.Minutes));
    }

    [Fact]
    public void TakePeak_AfterSomeLeft_IsTheMostThereWere()
    {
        var first = Begin();
        var second = Begin();
        _connections.End(first);
        Assert.Equal(2, _route.TakePeak());
        Assert.Equal(1, _route.TakePeak());
        _connections.End(second);
        Assert.Equal(1, _route.TakePeak());
        Assert.Equal(0, _route.TakePeak());
    }

    [Fact]
    public void BeginAndEnd_OnManyThreads_LeaveNobodyBehind()
    {
        Parallel.For(0, 5000, _ => _connections.End(Begin()));
        Assert.Equal(0, _route.Connections);
        _listener.Heard.Clear();
        for (var group = 0; group < LiveConnections.GroupCount; group++)
            _connections.Visit(group);
        Assert.Empty(_listener.Heard);
    }

    private LiveConnection Begin() => _connections.Begin(_route, isWebSocket: false, Somebody);

    private sealed class Listener : IConnectionListener
    {
        private readonly Lock _gate = new();

        public bool IsListening { get; set; } = true;

        public List<string> Heard { get; } = [];

        public void Seen(LiveConnection connection) => Add($"seen {connection.Identity!.Id}");

        public void Gone(LiveConnection connection) => Add($"gone {connection.Identity!.Id}");

        private void Add(string text)
        {
            lock (_gate)
                Heard.Add(text);
        }
    }
}
