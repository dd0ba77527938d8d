using System.Text.Json.Nodes;
using GripProxy.Functional.Tests.Fixture;

namespace GripProxy.Functional.Tests.SignalR;

/// <summary>Clients that lose their connection, read slowly, or are sent away (SIG-01, LOG-09).</summary>
public sealed class HubContinuityTests(ProxyWithHub world) : IClassFixture<ProxyWithHub>
{
    [Theory]
    [InlineData("json")]
    [InlineData("messagepack")]
    public async Task LOG09_ClientThatComesBackWithItsPosition_MissesNothing(string protocol)
    {
        string name = "log-" + world.NewName();
        (string gate, TaskCompletionSource open) = Gate(name);
        await using ChildProcess client = world.Start(
            $"name={name}",
            $"const first = heard('item'); await attempt('Subscribe', '{name}', {{}}); say('ready'); const [, item] = await first; await connection.stop(); say('away'); await fetch('{gate}');" +
            $"await connection.start(); await attempt('Subscribe', '{name}', {{ position: item.position }});",
            new JsonObject { ["protocol"] = protocol });
        await client.Output.WaitForAsync(line => line == "ready");
        await PublishAsync(name, "1");
        await client.Output.WaitForAsync(line => line == "away");
        await PublishAsync(name, "2");
        await PublishAsync(name, "3");
        int mark = client.Output.Mark;
        open.SetResult();
        await client.Output.WaitForAsync(line => line.Contains("\"id\":\"3\"", StringComparison.Ordinal), mark: mark);
        await PublishAsync(name, "4");
        await client.Output.WaitForAsync(line => line.Contains("\"id\":\"4\"", StringComparison.Ordinal), mark: mark);

        string epoch = (await world.Proxy.Control.GetAsync($"/v1/channels/app-{name}"))["log"]!["position"]!.ToString().Split('-')[0];
        Assert.Equal(
            [
                $$"""outcome {{name}} {"resumed":null,"position":"{{epoch}}-0"}""",
                $$"""item {{name}} {"id":"1","position":"{{epoch}}-1","type":"text","content":"1"}""",
                $$"""outcome {{name}} {"resumed":true,"position":"{{epoch}}-1"}""",
                $$"""item {{name}} {"id":"2","position":"{{epoch}}-2","type":"text","content":"2"}""",
                $$"""item {{name}} {"id":"3","position":"{{epoch}}-3","type":"text","content":"3"}""",
                $$"""item {{name}} {"id":"4","position":"{{epoch}}-4","type":"text","content":"4"}""",
            ],
            Messages(client));
    }

    [Theory]
    [InlineData("json")]
    [InlineData("messagepack")]
    public async Task SIG01_StatefulReconnect_KeepsTheConnectionAndMissesNothing(string protocol)
    {
        string name = world.NewName();
        await using ChildProcess client = world.Start(
            $"name={name}",
            $"const first = heard('item'); await attempt('Subscribe', '{name}', {{}}); say('ready'); await first; connection.connection.transport._webSocket.terminate(); say('cut');",
            new JsonObject { ["protocol"] = protocol, ["stateful"] = true });
        await client.Output.WaitForAsync(line => line == "ready");
        string id = await IdAsync(name);
        await PublishAsync(name, "1");
        await client.Output.WaitForAsync(line => line == "cut");
        for (int number = 2; number <= 20; number++)
        {
            await PublishAsync(name, $"{number}");
        }

        await client.Output.WaitForAsync(line => line.Contains("\"id\":\"20\"", StringComparison.Ordinal));
        Assert.Equal(
            Enumerable.Range(1, 20).Select(number => $$"""item {{name}} {"id":"{{number}}","type":"text","content":"{{number}}"}"""),
            Messages(client).Where(line => line.StartsWith("item", StringComparison.Ordinal)));
        Assert.DoesNotContain("reconnecting", client.Output.Text, StringComparison.Ordinal);
        Assert.Equal(id, await IdAsync(name));
        Assert.Single(world.Hub.Requests, one => one.Event == $"subscribe {name}");
    }

    [Fact]
    public async Task SIG01_ClientThatDoesNotRead_IsToldAndDisconnectedAndOthersAreNot()
    {
        string name = "small-" + world.NewName();
        (string gate, TaskCompletionSource open) = Gate(name);
        await using ChildProcess slow = world.Start(
            $"name={name}-slow",
            $"await attempt('Subscribe', '{name}', {{}}); const socket = connection.connection.transport._webSocket._socket; socket.pause(); say('paused'); await fetch('{gate}'); socket.resume();",
            new JsonObject { ["reconnect"] = true });
        await slow.Output.WaitForAsync(line => line == "paused");
        // A client that reads gets everything, whatever becomes of the other.
        await using ChildProcess quick = world.Start(
            $"name={name}-quick",
            $"let count = 0; connection.off('item'); connection.on('item', (channel, item) => {{ count++; say(`item ${{item.id}} ${{count}}`); }}); await attempt('Subscribe', '{name}', {{}}); say('ready')");
        await quick.Output.WaitForAsync(line => line == "ready");

        string content = new('x', 60_000);
        int published = 0;
        while (await OverflowsAsync() == 0)
        {
            published++;
            await world.PublishAsync(name, new JsonObject { ["ws-message"] = new JsonObject { ["content"] = content } }, $"{published}");
            await quick.Output.WaitForAsync(line => line == $"item {published} {published}");
        }

        open.SetResult();
        await slow.Output.WaitForAsync(line => line.StartsWith("reconnecting", StringComparison.Ordinal) && line.Contains("overflow", StringComparison.Ordinal));
        Assert.Equal($$"""outcome {{name}} {"resumed":false,"reason":"overflow"}""", Messages(slow).Last());
        Assert.DoesNotContain("reconnecting", quick.Output.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task SIG01_OperatorsClose_EndsTheConnection()
    {
        string name = world.NewName();
        await using ChildProcess client = world.Start($"name={name}", $"await attempt('Subscribe', '{name}', {{}}); say('ready')", new JsonObject { ["reconnect"] = true });
        await client.Output.WaitForAsync(line => line == "ready");

        JsonNode answer = await world.Proxy.Control.CommandAsync("/v1/close", new JsonObject { ["channel"] = "app-" + name, ["reason"] = "go away" });

        Assert.Equal(1, (int?)answer["closed"]);
        string line = await client.Output.WaitForAsync(line => line.StartsWith("closed", StringComparison.Ordinal));
        Assert.Contains("go away", line, StringComparison.Ordinal);
        await world.Hub.HearsAsync(name, "disconnect");
    }

    /// <summary>What a client asks in order to wait for the test.</summary>
    private (string Address, TaskCompletionSource Open) Gate(string name)
    {
        TaskCompletionSource open = new(TaskCreationOptions.RunContinuationsAsynchronously);
        world.Origin.On($"/gate-{name}", _ => open.Task);
        return ($"http://{world.Origin.Address}/gate-{name}", open);
    }

    private Task PublishAsync(string name, string id) =>
        world.PublishAsync(name, new JsonObject { ["ws-message"] = new JsonObject { ["content"] = id } }, id);

    private async Task<string> IdAsync(string name) =>
        (string)Assert.Single((await world.Proxy.Control.GetAsync($"/v1/connections?channel=app-{name}"))["items"]!.AsArray())!["id"]!;

    private async Task<int> OverflowsAsync()
    {
        JsonNode items = (await world.Proxy.Control.GetAsync("/v1/connections?transport=signalr"))["items"]!;
        return items.AsArray().Count(one => (long)one!["dropped"]! > 0);
    }

    private static IEnumerable<string> Messages(ChildProcess client) => client.Output.Text.Split('\n')
        .Where(line => line.StartsWith("item", StringComparison.Ordinal) || line.StartsWith("outcome", StringComparison.Ordinal));
}
