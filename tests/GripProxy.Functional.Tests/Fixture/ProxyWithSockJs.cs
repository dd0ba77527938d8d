namespace GripProxy.Functional.Tests.Fixture;

/// <summary>
/// One proxy with SockJS in front of one origin, which has the sessions and the pages of their clients, shared by the tests of a class. Below
/// <c>/native</c> the origin speaks WebSocket, below <c>/over-http</c> HTTP.
/// </summary>
public sealed class ProxyWithSockJs : ProxyWithOrigin
{
    /// <summary>The origin's side of all sessions.</summary>
    public SockJsOrigin Sessions { get; } = new();

    /// <summary>Address of SockJS for clients, with the channel that the session is subscribed to.</summary>
    public string AddressOf(string kind, string channel) => $"http://{Proxy.Address}/{kind}?channel={channel}";

    /// <summary>Publishes a message to the sessions of a channel.</summary>
    public Task PublishAsync(string channel, string text) => SendAsync(channel, new(StringComparer.Ordinal) { ["content"] = text });

    /// <summary>Closes the sessions of a channel.</summary>
    public Task CloseAsync(string channel, int code, string reason) =>
        SendAsync(channel, new(StringComparer.Ordinal) { ["action"] = "close", ["code"] = code, ["reason"] = reason });

    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        Origin.On("/app", Sessions.AnswerAsync);
        string library = Path.Combine(BuiltProgram.RepositoryRoot, "tests", "GripProxy.Functional.Tests", "node", "node_modules", "sockjs-client", "dist", "sockjs.min.js");
        Origin.OnText("/sockjs.js", await File.ReadAllTextAsync(library));
    }

    protected override void Configure(ProxySetup setup) => setup
        .Route($"*,path_beg=/native,sockjs=/native,sockjs_as_path=/app {Origin.Address}")
        .Route($"*,path_beg=/over-http,sockjs=/over-http,sockjs_as_path=/app {Origin.Address},over_http")
        // As the frame of the iframe transports asks for it: from the origin itself, because the proxy's port is not known yet.
        .Set("proxy", "sockjs_url", $"http://{Origin.Address}/sockjs.js");

    private async Task SendAsync(string channel, Dictionary<string, object?> message)
    {
        using HttpResponseMessage answer = await Proxy.Control.PostAsync(ControlClient.OneItem(channel, "ws-message", message));
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
    }
}
