using GripProxy.Functional.Tests.Fixture;

namespace GripProxy.Functional.Tests.SockJs;

/// <summary>The client library that everybody uses, <c>sockjs-client</c>, in Node with each of its transports.</summary>
public sealed class NodeClientTests(ProxyWithSockJs world) : IClassFixture<ProxyWithSockJs>
{
    private static int s_lastChannel;

    public static TheoryData<string, string> Transports
    {
        get
        {
            TheoryData<string, string> cases = [];
            foreach (string kind in new[] { "native", "over-http" })
            {
                foreach (string transport in new[] { "websocket", "xhr-streaming", "eventsource", "xhr-polling" })
                {
                    cases.Add(kind, transport);
                }
            }

            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Transports))]
    public async Task Messages_BothWaysAndPublished_Arrive(string kind, string transport)
    {
        string channel = NewChannel();
        await using ChildProcess client = Start(kind, channel, transport, "one", "two \"quoted\"", "three é 😀 \u2028");
        await client.Output.WaitForAsync(line => line == $"open {transport}");
        await world.Proxy.SubscribedAsync(channel);
        await client.Output.WaitForAsync(line => line == "message echo three é 😀 \u2028");

        await world.PublishAsync(channel, "first");
        await world.PublishAsync(channel, "second\nline");
        await client.Output.WaitForAsync(line => line == "line");

        Assert.Equal(
            [$"open {transport}", "message echo one", "message echo two \"quoted\"", "message echo three é 😀 \u2028", "message first", "message second", "line"],
            client.Output.Text.Split('\n'));
    }

    [Theory]
    [MemberData(nameof(Transports))]
    public async Task Close_ByTheOrigin_ReachesTheClient(string kind, string transport)
    {
        string channel = NewChannel();
        await using ChildProcess client = Start(kind, channel, transport, "@close");

        await client.Output.WaitForAsync(line => line == $"close 4003 enough {Cleanness(transport)}");
        Assert.Equal("close 4003 enough", await world.Sessions.EndAsync(channel));
    }

    [Theory]
    [MemberData(nameof(Transports))]
    public async Task Close_ByAPublisher_ReachesTheClient(string kind, string transport)
    {
        string channel = NewChannel();
        await using ChildProcess client = Start(kind, channel, transport);
        await world.Proxy.SubscribedAsync(channel);

        await world.PublishAsync(channel, "last");
        await world.CloseAsync(channel, 4009, "done");

        string close = $"close 4009 done {Cleanness(transport)}";
        await client.Output.WaitForAsync(line => line == close);
        Assert.Equal([$"open {transport}", "message last", close], client.Output.Text.Split('\n'));
        Assert.StartsWith("close ", await world.Sessions.EndAsync(channel), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Transports))]
    public async Task Close_ByTheClient_ReachesTheOrigin(string kind, string transport)
    {
        string channel = NewChannel();
        await using ChildProcess client = Start(kind, channel, transport);
        await world.Proxy.SubscribedAsync(channel);

        await world.PublishAsync(channel, "leave");

        await client.Output.WaitForAsync(line => line == "close 4000 leaving clean");
        // A client that polls just does not ask again, as one that is lost.
        string expected = transport == "xhr-polling" ? "lost" : "close ";
        Assert.StartsWith(expected, await world.Sessions.EndAsync(channel), StringComparison.Ordinal);
    }

    /// <summary>A WebSocket closes without a close frame of SockJS (SJS-04), which is what the library calls clean.</summary>
    private static string Cleanness(string transport) => transport == "websocket" ? "unclean" : "clean";

    private ChildProcess Start(string kind, string channel, string transport, params string[] messages) => NodeScript.Start(
        "client-sockjs.cjs", new Dictionary<string, string>(StringComparer.Ordinal), [world.AddressOf(kind, channel), transport, .. messages]);

    private static string NewChannel() => $"sockjs-node-{Interlocked.Increment(ref s_lastChannel)}";
}
