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
        await using ChildProcess client = Start(kind, NewChannel(), transport, "@close");

        await client.Output.WaitForAsync(line => line == "close 4003 enough clean");
        Assert.Equal("close 4003 enough", await world.Sessions.NextEndAsync());
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

        await client.Output.WaitForAsync(line => line == "close 4009 done clean");
        Assert.Equal([$"open {transport}", "message last", "close 4009 done clean"], client.Output.Text.Split('\n'));
        await world.Sessions.NextEndAsync();
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
        // Only a WebSocket carries code and reason; the others just stop asking.
        string end = await world.Sessions.NextEndAsync();
        Assert.True(transport == "websocket" ? end.StartsWith("close ", StringComparison.Ordinal) : end is "lost" or "close 1000 " or "close 1005 " or "close 0 ", end);
    }

    private ChildProcess Start(string kind, string channel, string transport, params string[] messages) => NodeScript.Start(
        "client-sockjs.cjs", new Dictionary<string, string>(StringComparer.Ordinal), [world.AddressOf(kind, channel), transport, .. messages]);

    private static string NewChannel() => $"sockjs-node-{Interlocked.Increment(ref s_lastChannel)}";
}
