namespace GripProxy.Functional.Tests.Fixture;

/// <summary>
/// A proxy with all transports: every request is subscribed to a channel by its route, <c>native</c>, <c>over-http</c> or <c>sockjs</c>.
/// </summary>
public sealed class InspectedProxy : ProxyWithTalk
{
    /// <summary>Opens a SockJS session by its first request; the session lives until it is not polled any more.</summary>
    public async Task OpenSockJsAsync(string session)
    {
        OverHttpTalkOrigin origin = new();
        Origin.On("/over-http/sockjs", origin.AnswerAsync);
        using HttpClient http = new();
        using HttpResponseMessage answer = await http.PostAsync($"http://{Proxy.Address}/sockjs/000/{session}/xhr", content: null);
        Assert.Equal("o\n", await answer.Content.ReadAsStringAsync());
    }

    protected override void Configure(ProxySetup setup)
    {
        setup.Routes.Clear();
        setup.Route($"*,id=n {Origin.Address},sub=native")
            .Route($"*,path_beg=/over-http/,id=o {Origin.Address},over_http,sub=over-http")
            .Route($"*,path_beg=/sockjs,sockjs=/sockjs,sockjs_as_path=/over-http/sockjs,id=s {Origin.Address},over_http,sub=sockjs")
            .Set("control", "trace_items", "100")
            .Set("cluster", "node", "here");
    }
}
