using GripProxy.Functional.Tests.Fixture;

namespace GripProxy.Functional.Tests.WebSockets;

/// <summary>The client that most of Node uses, <c>ws</c>, with and without compression.</summary>
public sealed class NodeClientTests(ProxyWithTalk world) : IClassFixture<ProxyWithTalk>
{
    public static TheoryData<OriginKind, bool> Cases => OriginKinds.With(false, true);

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Client_TalksPingsAndCloses(OriginKind kind, bool compressed)
    {
        ProxySetup setup = new ProxySetup()
            .Set("runner", "allow_compression", compressed ? "true" : "false")
            .Route($"*,path_beg=/over-http/ {world.Origin.Address},over_http")
            .Route($"* {world.Origin.Address}");
        await using GripProxyProcess proxy = await GripProxyProcess.StartAsync(setup);
        (string path, TalkOrigin origin) = world.Prepare(kind);

        await using ChildProcess client = NodeScript.Start(
            "client-ws.mjs", new Dictionary<string, string>(StringComparer.Ordinal), $"ws://{proxy.Address}{path}");

        Assert.Equal(0, await client.ExitCodeAsync());
        string extensions = compressed ? "permessage-deflate" : "";
        Assert.Equal(
            [$"open protocol=chat extensions={extensions}", "text 6000", "binary 100000", "pong are you there", "close 4002 done"],
            client.Output.Text.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.Equal((4002, "done"), (await origin.LastAsync()).Status);
    }
}
