using System.Text.Json.Nodes;

namespace GripProxy.Functional.Tests.Fixture;

/// <summary>A proxy with a hub for SignalR clients whose origin decides about them; its route prefixes channels with
/// <c>app-</c>. Channels <c>log…</c> have logs, connections keep little of <c>small…</c>.</summary>
public class ProxyWithHub : ProxyWithOrigin
{
    private int _last;

    /// <summary>The origin's side of all clients.</summary>
    public HubOrigin Hub { get; } = new();

    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        Origin.On("/app", Hub.AnswerAsync);
    }

    /// <summary>A name for a client that nobody else has.</summary>
    public string NewName() => $"client-{Interlocked.Increment(ref _last)}";

    /// <summary>Starts a client from npm; the script runs once it is connected (node/client-signalr.cjs).</summary>
    public ChildProcess Start(string query, string script, JsonObject? options = null) => NodeScript.Start(
        "client-signalr.cjs",
        new Dictionary<string, string>(StringComparer.Ordinal) { ["NODE_NO_WARNINGS"] = "1" },
        $"http://{Proxy.Address}/hub?{query}",
        (options ?? []).ToJsonString(),
        script);

    /// <summary>Publishes an item to a channel as clients know it.</summary>
    public async Task PublishAsync(string channel, JsonObject formats, string? id = null, string? prevId = null)
    {
        JsonObject item = new() { ["channel"] = "app-" + channel, ["formats"] = formats };
        if (id is not null)
        {
            item["id"] = id;
        }

        if (prevId is not null)
        {
            item["prev-id"] = prevId;
        }

        using HttpResponseMessage answer = await Proxy.Control.PostAsync(new JsonObject { ["items"] = new JsonArray(item) }.ToJsonString());
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
    }

    protected override void Configure(ProxySetup setup) => setup
        .Set("signalr", "path", "/hub")
        .Set("channel:app-log*", "log_items", "100")
        .Set("channel:app-small*", "queue_bytes", "4096")
        .Route($"*,path_beg=/hub,replace_beg=/app,id=hub,prefix=app- {Origin.Address}")
        .Route($"* {Origin.Address}");
}
