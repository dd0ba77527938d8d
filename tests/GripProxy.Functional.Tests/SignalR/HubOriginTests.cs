using System.Text.Json.Nodes;
using GripProxy.Functional.Tests.Fixture;

namespace GripProxy.Functional.Tests.SignalR;

/// <summary><c>@microsoft/signalr</c> in Node, where the origin decides about clients (SIG-01, SIG-02).</summary>
public sealed class HubOriginTests(ProxyWithHub world) : IClassFixture<ProxyWithHub>
{
    public static TheoryData<string, string> Ways
    {
        get
        {
            TheoryData<string, string> ways = [];
            foreach (string transport in new[] { "WebSockets", "ServerSentEvents", "LongPolling" })
            {
                ways.Add(transport, "json");
            }

            // Server-sent events carry no bytes.
            ways.Add("WebSockets", "messagepack");
            ways.Add("LongPolling", "messagepack");
            return ways;
        }
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task SIG01_PublishedItems_ReachTheClientInEveryFormat(string transport, string protocol)
    {
        string name = world.NewName();
        await using ChildProcess client = world.Start(
            $"name={name}", $"await attempt('Subscribe', '{name}', {{}}); say('ready')", new JsonObject { ["transport"] = transport, ["protocol"] = protocol });
        await client.Output.WaitForAsync(line => line == "ready");

        await world.PublishAsync(name, new JsonObject { ["ws-message"] = new JsonObject { ["content"] = "one \"é\" \u001e" }, ["http-stream"] = new JsonObject { ["content"] = "no" } }, "1");
        await world.PublishAsync(name, new JsonObject { ["ws-message"] = new JsonObject { ["content-bin"] = "AQID" } }, "2", "1");
        await world.PublishAsync(name, new JsonObject { ["http-stream"] = new JsonObject { ["content"] = "three\n" }, ["http-response"] = new JsonObject { ["body"] = "no" } }, "3", "2");
        await world.PublishAsync(name, new JsonObject { ["http-response"] = new JsonObject { ["body"] = "four" } });
        await world.PublishAsync(name, new JsonObject { ["http-stream"] = new JsonObject { ["content-bin"] = "/w==" } });
        await world.PublishAsync(name, new JsonObject { ["http-stream"] = new JsonObject { ["action"] = "hint" } });
        await world.PublishAsync(name, new JsonObject { ["ws-message"] = new JsonObject { ["content"] = "", ["type"] = "ping" } });
        await world.PublishAsync(name, new JsonObject { ["ws-message"] = new JsonObject { ["action"] = "close" } });
        await client.Output.WaitForAsync(line => line.StartsWith("closed", StringComparison.Ordinal));

        Assert.Equal(
            [
                $$"""item {{name}} {"id":"1","type":"text","content":"one \"é\" \u001e"}""",
                $$"""item {{name}} {"id":"2","prevId":"1","type":"binary","contentBin":"{{Bytes("AQID")}}"}""",
                $$"""item {{name}} {"id":"3","prevId":"2","type":"stream","content":"three\n"}""",
                $$"""item {{name}} {"type":"response","content":"four"}""",
                $$"""item {{name}} {"type":"stream","contentBin":"{{Bytes("/w==")}}"}""",
                "closed ",
            ],
            client.Output.Text.Split('\n').Where(line => line.StartsWith("item", StringComparison.Ordinal) || line.StartsWith("closed", StringComparison.Ordinal)));
        Assert.Equal($$"""outcome {{name}} {"resumed":null}""", Assert.Single(client.Output.Text.Split('\n'), line => line.StartsWith("outcome", StringComparison.Ordinal)));
        Assert.Contains($"Subscribe [\"{name}\",{{}}]: null", client.Output.Text, StringComparison.Ordinal);
        await world.Hub.HearsAsync(name, "disconnect");

        string Bytes(string base64) => protocol == "json" ? base64 : $"bytes {base64}";
    }

    [Fact]
    public async Task SIG02_Origin_IsAskedOnConnectingAndForEachChannel()
    {
        string name = world.NewName();
        await using ChildProcess client = world.Start(
            $"name={name}&at-once={name}-0",
            $"await attempt('Subscribe', 'secret-{name}'); await attempt('Subscribe', 'twin-{name}-1'); await attempt('Subscribe', '{name}-2'); await attempt('Unsubscribe', '{name}-2'); say('ready')",
            new JsonObject { ["headers"] = new JsonObject { ["X-User"] = "ann", ["Cookie"] = "session=7" } });
        await client.Output.WaitForAsync(line => line == "ready");

        Assert.Contains(": An unexpected error occurred invoking 'Subscribe' on the server. HubException: not-allowed: ", client.Output.Text, StringComparison.Ordinal);
        foreach (string channel in new[] { $"{name}-0", $"{name}-1", $"twin-{name}-1", $"{name}-2", $"secret-{name}" })
        {
            await world.PublishAsync(channel, new JsonObject { ["ws-message"] = new JsonObject { ["content"] = "news" } });
        }

        await world.PublishAsync($"{name}-0", new JsonObject { ["ws-message"] = new JsonObject { ["action"] = "close" } });
        await client.Output.WaitForAsync(line => line.StartsWith("closed", StringComparison.Ordinal));
        Assert.Equal(
            [$"item {name}-0", $"item {name}-1", $"item twin-{name}-1"],
            client.Output.Text.Split('\n').Where(line => line.StartsWith("item", StringComparison.Ordinal)).Select(line => line[..line.IndexOf(" {", StringComparison.Ordinal)]));

        await world.Hub.HearsAsync(name, "disconnect");
        (string ConnectionId, string Event, Microsoft.AspNetCore.Http.IHeaderDictionary Headers)[] requests =
            [.. world.Hub.Requests.Where(one => one.Headers["X-User"] == "ann")];
        Assert.Equal(["open", $"subscribe secret-{name}", $"subscribe twin-{name}-1", $"subscribe {name}-2", "disconnect"], requests.Select(one => one.Event));
        Assert.Single(requests.Select(one => one.ConnectionId).Distinct(StringComparer.Ordinal));
        Assert.All(requests, one =>
        {
            Assert.Equal("session=7", one.Headers.Cookie.ToString());
            Assert.NotEmpty(one.Headers["Grip-Sig"].ToString());
            Assert.Equal("application/websocket-events", one.Headers.Accept.ToString());
        });
    }

    [Fact]
    public async Task SIG02_Refusal_ClosesTheConnectionWithItsStatus()
    {
        await using ChildProcess client = world.Start("status=403", "");

        // It comes while the client connects, or right after.
        await client.Output.WaitForAsync(line => (line.StartsWith("closed", StringComparison.Ordinal) || line.StartsWith("failed", StringComparison.Ordinal))
            && line.EndsWith("refused: status 403", StringComparison.Ordinal));
    }

    [Fact]
    public async Task SIG02_OriginThatFailsOrEnds_AllowsNothingOrDisconnects()
    {
        string name = world.NewName();
        await using ChildProcess client = world.Start(
            $"name={name}", $"await attempt('Subscribe', 'fail'); await attempt('Subscribe', '{name}'); await attempt('Subscribe', 'end')", new JsonObject { ["reconnect"] = true });

        Assert.Equal("closed ", await client.Output.WaitForAsync(line => line.StartsWith("closed", StringComparison.Ordinal)));

        string[] lines = [.. client.Output.Text.Split('\n').Where(line => line.StartsWith("Subscribe", StringComparison.Ordinal))];
        Assert.Contains("HubException: not-allowed: ", lines[0], StringComparison.Ordinal);
        Assert.EndsWith(": null", lines[1], StringComparison.Ordinal);
        await world.Hub.HearsAsync(name, "disconnect");
    }

    [Theory]
    [InlineData("json")]
    [InlineData("messagepack")]
    public async Task SIG01_BadCalls_FailAndTheConnectionGoesOn(string protocol)
    {
        string name = world.NewName();
        string many = $"for (let i = 0; i < 20; i++) await connection.invoke('Subscribe', '{name}-' + i, {{}});";
        await using ChildProcess client = world.Start(
            $"name={name}",
            $"await attempt('Subscribe', 7); await attempt('Subscribe'); await attempt('Subscribe', null, null); await attempt('Subscribe', ''); await attempt('Subscribe', 'x'.repeat(2000));" +
            $"await attempt('Subscribe', '{name}-0', 5); await attempt('Unsubscribe', {{}}); await attempt('Nothing'); {many} await attempt('Subscribe', 'more'); await attempt('Subscribe', '{name}-3'); say('ready')",
            new JsonObject { ["protocol"] = protocol });
        await client.Output.WaitForAsync(line => line == "ready");

        string[] lines = [.. client.Output.Text.Split('\n').Where(line => line.StartsWith("Subscribe", StringComparison.Ordinal) || line.StartsWith("Unsubscribe", StringComparison.Ordinal))];
        Assert.Equal(9, lines.Length);
        Assert.All(lines[..7], line => Assert.Contains("HubException: bad-channel: ", line, StringComparison.Ordinal));
        Assert.Contains("HubException: too-many: ", lines[7], StringComparison.Ordinal);
        Assert.EndsWith(": null", lines[8], StringComparison.Ordinal);
        Assert.DoesNotContain(world.Hub.Requests, one => one.Event == "subscribe more");
    }
}
