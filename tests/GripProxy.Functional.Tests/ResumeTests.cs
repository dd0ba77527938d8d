using System.Text.Json.Nodes;
using GripProxy.Functional.Tests.Fixture;

namespace GripProxy.Functional.Tests;

/// <summary>Clients of all kinds come back and go on where they were, from the log of a channel (LOG-02 to LOG-10).</summary>
public sealed class ResumeTests(ProxyWithLog world) : IClassFixture<ProxyWithLog>
{
    [Fact]
    public async Task EventSource_IsCutAndComesBack_GetsWhatItMissedByItsLastEventId()
    {
        world.OnEvents("/library", "log-library");
        await using ChildProcess client = NodeScript.Start(
            "client-eventsource.mjs", new Dictionary<string, string>(StringComparer.Ordinal), $"http://{world.Proxy.Address}/library");
        await world.Proxy.SubscribedAsync("log-library");
        await world.PublishAsync("log-library", "1");
        string second = await world.PublishAsync("log-library", "2");
        await client.Output.WaitForAsync(line => line == $"message {second} 2");

        int mark = world.Proxy.Output.Mark;
        int errors = client.Output.Mark;
        await world.Proxy.Control.CloseStreamsAsync("log-library");
        await client.Output.WaitForAsync(line => line.StartsWith("error", StringComparison.Ordinal), errors);
        await world.PublishAsync("log-library", "3");
        await world.PublishAsync("log-library", "4");
        await world.Proxy.SubscribedAsync("log-library", mark: mark);
        string fifth = await world.PublishAsync("log-library", "5");

        await client.Output.WaitForAsync(line => line == $"message {fifth} 5");
        Assert.Equal(
            ["1", "2", "3", "4", "5"],
            client.Output.Text.Split('\n').Where(line => line.StartsWith("message ", StringComparison.Ordinal)).Select(line => line.Split(' ')[2]));
    }

    [Fact]
    public async Task Events_Head_SaysWhetherItResumed()
    {
        world.OnEvents("/head", "log-head");
        string first = await world.PublishAsync("log-head", "1");
        string second = await world.PublishAsync("log-head", "2");
        await using RawHttp fresh = await world.Proxy.ConnectAsync();
        await fresh.SendAsync(RawHttp.Get("/head"));
        Assert.Null((await fresh.ReadHeadAsync()).Header("Channel-Resumed"));
        Assert.Equal($"event: channel-open\nid: {second}\ndata: {{\"resumed\":null}}\n\n", await fresh.ReadStreamAsync("\n\n"));

        await using RawHttp back = await world.Proxy.ConnectAsync();
        await back.SendAsync(RawHttp.Get($"/head?lastEventId={first}"));
        Assert.Equal("true", (await back.ReadHeadAsync()).Header("Channel-Resumed"));
        Assert.Equal(
            $"event: channel-open\nid: {first}\ndata: {{\"resumed\":true}}\n\nid: {second}\ndata: 2\n\n", await back.ReadStreamAsync("data: 2\n\n"));

        await using RawHttp lost = await world.Proxy.ConnectAsync();
        await lost.SendAsync(RawHttp.Get($"/head?lastEventId={first}", headers: "Last-Event-ID: abcdefghijkl-1"));
        Assert.Equal("false; reason=epoch", (await lost.ReadHeadAsync()).Header("Channel-Resumed"));
        Assert.Contains("{\"resumed\":false,\"reason\":\"epoch\"}", await lost.ReadStreamAsync("\n\n"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Origin_LearnsOfTheFeatureAndOfTheLastEventId()
    {
        world.OnEvents("/feature", "log-feature");
        await using RawHttp client = await world.Proxy.ConnectAsync();
        await client.SendAsync(RawHttp.Get("/feature", headers: "Last-Event-ID: x"));
        SeenRequest seen = await world.Origin.NextRequestAsync("/feature");
        Assert.EndsWith(", resume", seen.Header("Grip-Feature"), StringComparison.Ordinal);
        Assert.Equal("x", seen.Header("Last-Event-ID"));
    }

    [Fact]
    public async Task LongPoll_PrevIdIsKept_IsAnsweredByTheProxy()
    {
        world.Origin.OnHold("/poll", "response", "log-poll; prev-id=1", "timeout");
        await world.PublishAsync("log-poll", "1");
        await world.PublishAsync("log-poll", "2", "1");
        await using RawHttp client = await world.Proxy.ConnectAsync();
        RawResponse answer = await client.GetAsync("/poll");
        Assert.Equal(("2", "true"), (answer.Body, answer.Header("Channel-Resumed")));
        world.Origin.OnHold("/poll", "response", "log-poll; prev-id=2", "timeout");
        await client.SendAsync(RawHttp.Get("/poll"));
        await world.Proxy.SubscribedAsync("log-poll", count: 2);
        await world.PublishAsync("log-poll", "3", "2");
        Assert.Equal("3", (await client.ReadResponseAsync()).Body);
    }

    [Fact]
    public async Task Channels_Inspection_SaysThePosition()
    {
        await using GripProxyProcess proxy = await GripProxyProcess.StartAsync(new ProxySetup().Route("* test").Set("channel:log*", "log_items", "10"));
        JsonNode before = await proxy.Control.GetAsync("/v1/channels/log-new");
        Assert.EndsWith("-0", (string?)before["log"]!["position"], StringComparison.Ordinal);
        Assert.Equal((0, 1), ((int)before["total"]!, (int)before["log"]!["oldest"]!));
        await proxy.Control.PublishStreamAsync("log-new", "12345", "1");
        JsonNode after = await proxy.Control.GetAsync("/v1/channels/log-new");
        Assert.Equal(((string)before["log"]!["position"]!)[..^1] + "1", (string?)after["log"]!["position"]);
        Assert.Equal((1, 5), ((int)after["log"]!["items"]!, (int)after["log"]!["bytes"]!));
    }

    [Fact]
    public async Task Position_FromTheOrigin_GivesEverythingAfterItsSnapshot()
    {
        await world.PublishAsync("log-snapshot", "1");
        string position = (string)(await world.Proxy.Control.GetAsync("/v1/channels/log-snapshot"))["log"]!["position"]!;
        world.Origin.OnHold("/snapshot", "stream", $"log-snapshot; position={position}", "data: snapshot\n\n");
        await world.PublishAsync("log-snapshot", "2");
        await using RawHttp client = await world.Proxy.ConnectAsync();
        await client.SendAsync(RawHttp.Get("/snapshot"));
        Assert.Equal("true", (await client.ReadHeadAsync()).Header("Channel-Resumed"));
        Assert.Equal("data: snapshot\n\ndata: 2\n\n", await client.ReadStreamAsync("data: 2\n\n"));
    }

    [Fact]
    public async Task Latest_NewStream_GetsTheNewestItem()
    {
        world.Origin.OnHold("/latest", "stream", "latest-price", "");
        await world.Proxy.Control.PublishStreamAsync("latest-price", "data: 1\n\n");
        await world.Proxy.Control.PublishStreamAsync("latest-price", "data: 2\n\n");
        await using RawHttp client = await world.Proxy.ConnectAsync();
        await client.SendAsync(RawHttp.Get("/latest"));
        await client.ReadHeadAsync();
        Assert.Equal("data: 2\n\n", await client.ReadStreamAsync("data: 2\n\n"));
    }
}
