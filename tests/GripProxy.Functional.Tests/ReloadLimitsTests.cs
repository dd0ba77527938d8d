using System.Net;
using System.Net.Http.Headers;
using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using GripProxy.Functional.Tests.Fixture;
using GripProxy.Testing;

namespace GripProxy.Functional.Tests;

/// <summary>Routes, keys and limits of a running proxy change in each of the ways there are; what is held stays, and what is bad changes nothing.</summary>
public sealed class ReloadLimitsTests(ProxyWithTalk world) : IClassFixture<ProxyWithTalk>
{
    [Theory]
    [InlineData("signal")]
    [InlineData("file")]
    [InlineData("request")]
    public async Task Configuration_Changes_AndWhatIsHeldStays(string way)
    {
        await using FakeOrigin before = await FakeOrigin.StartAsync();
        await using FakeOrigin after = await FakeOrigin.StartAsync();
        before.OnText("/which", "before");
        after.OnText("/which", "after");
        before.OnHold("/stream", "stream", "kept", "open\n");
        await using GripProxyProcess proxy = await GripProxyProcess.StartAsync(new ProxySetup()
            .Set("bearer:x", "token", "first-token")
            .Set("limits", "channel_name", "20")
            .Set("limits", "ws_message", "1000")
            .Route($"*,path_beg=/native/ {world.Origin.Address}")
            .Route($"* {before.Address}"));
        string conf = Path.Combine(proxy.Folder, "gripproxy.conf");
        await using RawHttp stream = await proxy.ConnectAsync();
        await stream.SendAsync(RawHttp.Get("/stream"));
        await stream.ReadHeadAsync();
        await stream.ReadStreamAsync("open\n");
        await using RawWebSocket webSocket = await RawWebSocket.ConnectAsync(proxy.Client, world.Prepare(OriginKind.Native).Path);
        Assert.Equal(HttpStatusCode.OK, await PublishAsync(proxy, "first-token", new string('n', 20)));
        Assert.Equal(HttpStatusCode.BadRequest, await PublishAsync(proxy, "first-token", new string('n', 21)));

        // Bad: the token of one section is gone, which is an error, and a limit makes no sense.
        string good = await File.ReadAllTextAsync(conf);
        await WriteAsync(conf, good.Replace("token=first-token", "token=", StringComparison.Ordinal).Replace("channel_name=20", "channel_name=many", StringComparison.Ordinal));
        await ReloadAsync(proxy, way, "first-token", line => line.Contains("channel_name", StringComparison.Ordinal));
        Assert.Equal(HttpStatusCode.OK, await PublishAsync(proxy, "first-token", new string('n', 20)));
        Assert.Equal(HttpStatusCode.BadRequest, await PublishAsync(proxy, "first-token", new string('n', 21)));

        await File.WriteAllTextAsync(Path.Combine(proxy.Folder, "routes"), $"*,path_beg=/native/ {world.Origin.Address}\n* {after.Address}\n");
        await WriteAsync(conf, good
            .Replace("token=first-token", "token=second-token", StringComparison.Ordinal)
            .Replace("channel_name=20", "channel_name=30", StringComparison.Ordinal)
            .Replace("ws_message=1000", "ws_message=10\nconnections_per_address=3", StringComparison.Ordinal));
        await ReloadAsync(proxy, way, "first-token", line => line.Contains("routes loaded", StringComparison.Ordinal));

        await UntilAsync(async () => await PublishAsync(proxy, "second-token", new string('n', 30)) == HttpStatusCode.OK);
        Assert.Equal(HttpStatusCode.Unauthorized, await PublishAsync(proxy, "first-token", "n"));
        Assert.Equal(HttpStatusCode.BadRequest, await PublishAsync(proxy, "second-token", new string('n', 31)));
        List<RawHttp> more = [];
        for (int i = 0; i < 3; i++)
        {
            more.Add(await proxy.ConnectAsync());
            await UntilAsync(async () => (await more[^1].GetAsync("/which")).Body == "after");
        }

        await using RawHttp tooMany = await proxy.ConnectAsync();
        Assert.True(await tooMany.IsClosedAsync());
        await more[2].DisposeAsync();
        await using RawWebSocket limited = await ConnectAsync(proxy);
        await limited.SendTextAsync("eleven bytes");
        Assert.Equal(1009, (await limited.ReadCloseAsync()).Code);

        // What was there before goes on as it was.
        await PublishStreamAsync(proxy, "second-token", "kept", "still here\n");
        Assert.Equal("open\nstill here\n", await stream.ReadStreamAsync("here\n"));
        await webSocket.SendTextAsync(new string('x', 900));
        Assert.Equal(new string('x', 900), await webSocket.ReadTextAsync());
        await more[0].DisposeAsync();
        await more[1].DisposeAsync();
    }

    /// <summary>The place of a client that has left may be given back a moment later.</summary>
    private async Task<RawWebSocket> ConnectAsync(GripProxyProcess proxy)
    {
        RawWebSocket? client = null;
        await UntilAsync(async () =>
        {
            try
            {
                client = await RawWebSocket.ConnectAsync(proxy.Client, world.Prepare(OriginKind.Native).Path);
                return true;
            }
            catch (Exception e) when (e is IOException or System.Net.Sockets.SocketException)
            {
                return false;
            }
        });
        return client!; // Else it would have failed.
    }

    private static async Task WriteAsync(string path, string text)
    {
        await File.WriteAllTextAsync(path + ".new", text);
        File.Move(path + ".new", path, overwrite: true);
    }

    private static async Task ReloadAsync(GripProxyProcess proxy, string way, string token, Func<string, bool> isDone)
    {
        int mark = proxy.Output.Mark;
        switch (way)
        {
            case "signal":
                proxy.Signal(PosixSignal.SIGHUP);
                break;
            case "request":
                using (HttpResponseMessage answer = await proxy.Control.PostAsync("", new AuthenticationHeaderValue("Bearer", token), "/v1/reload"))
                {
                    Assert.True(answer.StatusCode is HttpStatusCode.OK or HttpStatusCode.UnprocessableEntity, answer.StatusCode.ToString());
                }

                return;
        }

        await proxy.Output.WaitForAsync(isDone, mark);
    }

    private static async Task UntilAsync(Func<Task<bool>> isSo)
    {
        for (int tries = 0; tries < 300; tries++)
        {
            if (await isSo())
            {
                return;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System);
        }

        Assert.Fail("It is not so after 15 seconds");
    }

    private static Task<HttpStatusCode> PublishStreamAsync(GripProxyProcess proxy, string token, string channel, string content) =>
        PostAsync(proxy, token, new JsonObject { ["channel"] = channel, ["http-stream"] = new JsonObject { ["content"] = content } });

    private static Task<HttpStatusCode> PublishAsync(GripProxyProcess proxy, string token, string channel) => PublishStreamAsync(proxy, token, channel, "nobody");

    private static async Task<HttpStatusCode> PostAsync(GripProxyProcess proxy, string token, JsonObject item)
    {
        using HttpResponseMessage answer = await proxy.Control.PostAsync(
            new JsonObject { ["items"] = new JsonArray(item) }.ToJsonString(), new AuthenticationHeaderValue("Bearer", token));
        return answer.StatusCode;
    }
}
