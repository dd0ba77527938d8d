namespace GripProxy.Functional.Tests.Fixture;

/// <summary>A proxy whose channels <c>log…</c> have logs and whose channels <c>latest…</c> keep their newest item, with an origin behind.</summary>
public sealed class ProxyWithLog : IAsyncLifetime
{
    public GripProxyProcess Proxy { get; private set; } = null!; // Set before any test runs.

    public FakeOrigin Origin { get; private set; } = null!; // Likewise.

    public async Task InitializeAsync()
    {
        Origin = await FakeOrigin.StartAsync();
        Proxy = await GripProxyProcess.StartAsync(new ProxySetup()
            .Route($"* {Origin.Address}")
            .Set("channel:log*", "log_items", "100")
            .Set("channel:latest*", "latest", "true"));
    }

    /// <summary>Answers a path with a held stream of server-sent events whose origin asks for ids.</summary>
    public void OnEvents(string path, string channels) => Origin.On(path, context =>
    {
        context.Response.ContentType = "text/event-stream";
        context.Response.Headers["Grip-Hold"] = "stream";
        context.Response.Headers["Grip-Channel"] = channels;
        context.Response.Headers["Grip-Resume"] = "event-id";
        return Task.CompletedTask;
    });

    /// <summary>Publishes an event and an answer; gives the position.</summary>
    public async Task<string> PublishAsync(string channel, string id, string? prevId = null)
    {
        var item = new System.Text.Json.Nodes.JsonObject
        {
            ["channel"] = channel,
            ["id"] = id,
            ["prev-id"] = prevId,
            ["formats"] = new System.Text.Json.Nodes.JsonObject
            {
                ["http-stream"] = new System.Text.Json.Nodes.JsonObject { ["content"] = $"data: {id}\n\n" },
                ["http-response"] = new System.Text.Json.Nodes.JsonObject { ["body"] = id },
                ["ws-message"] = new System.Text.Json.Nodes.JsonObject { ["content"] = id },
            },
        };
        if (prevId is null)
            item.Remove("prev-id");
        var receipt = Assert.Single(await Proxy.Control.PublishWithReceiptsAsync(item));
        return (string)receipt["position"]!;
    }

    public async Task DisposeAsync()
    {
        await Proxy.DisposeAsync();
        await Origin.DisposeAsync();
    }
}
