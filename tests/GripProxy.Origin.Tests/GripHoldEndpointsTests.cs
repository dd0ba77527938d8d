using GripProxy.Origin.Tests.Support;
using GripProxy.Security;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace GripProxy.Origin.Tests;

public sealed class GripHoldEndpointsTests : IAsyncLifetime
{
    private const string Key = "a test key";

    private readonly HttpClient _client = new();
    private KestrelServer _server = null!; // set in InitializeAsync

    public async Task InitializeAsync() => _server = await KestrelServer.StartAsync(
        static app =>
        {
            app.MapGripLongPoll("/poll", "room");
            app.MapGripLongPoll("/poll/{room}", static (string room, HttpResponse response) =>
            {
                response.StatusCode = 203;
                return GripInstruct.HoldResponse(room).Timeout(TimeSpan.FromSeconds(9)).Body("nothing");
            });
            app.MapGripLongPoll("/now", static () => Results.Text("at once"));
            app.MapGripStream("/stream", "room");
            app.MapServerSentEvents("/events", static Task<GripInstruct> () => Task.FromResult(GripInstruct.HoldStream("a", "b").Body(ServerSentEvent.Write("hello"))));
            app.MapGripStream("/wrong-mode", static () => GripInstruct.HoldResponse("room"));
            app.MapGripStream("/wrong-type", static () => 7);
            app.MapGet("/asked", static () => "yes").RequireGrip();
            app.Map("/private", static branch => branch.UseGripSig().Run(static context => context.Response.WriteAsync("inside")));
        },
        static builder => builder.Services.AddGrip(static grip => grip.SigKey = Key));

    public async Task DisposeAsync()
    {
        _client.Dispose();
        await _server.DisposeAsync();
    }

    [Theory]
    [InlineData("poll", "response", "room", null)]
    [InlineData("stream", "stream", "room", "text/plain; charset=utf-8")]
    [InlineData("events", "stream", "a,b", "text/event-stream")]
    public async Task Get_ThroughTheProxy_HoldsOnTheChannels(string path, string hold, string channels, string? type)
    {
        using var response = await GetAsync(path);

        Assert.Equal(200, (int)response.StatusCode);
        Assert.Equal(hold, string.Join(',', response.Headers.GetValues("Grip-Hold")));
        Assert.Equal(channels, string.Join(',', response.Headers.GetValues("Grip-Channel")));
        Assert.Equal(type, response.Content.Headers.ContentType?.ToString());
        Assert.True(response.Headers.CacheControl?.NoCache);
        Assert.Equal(path == "events", response.Headers.Contains("Grip-Keep-Alive"));
        Assert.Equal(path == "events" ? "data: hello\n\n" : "", await response.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task LongPoll_ByAHandler_HasItsTemplate()
    {
        using var response = await GetAsync("poll/x");

        Assert.Equal((203, "nothing"), ((int)response.StatusCode, await response.Content.ReadAsStringAsync()));
        Assert.Equal("x", string.Join(',', response.Headers.GetValues("Grip-Channel")));
        Assert.Equal("9", string.Join(',', response.Headers.GetValues("Grip-Timeout")));
    }

    [Fact]
    public async Task Result_OfAHandler_AnswersWithoutAHold()
    {
        using var response = await GetAsync("now");

        Assert.Equal("at once", await response.Content.ReadAsStringAsync());
        Assert.False(response.Headers.Contains("Grip-Hold"));
    }

    [Theory]
    [InlineData("wrong-mode")]
    [InlineData("wrong-type")]
    public async Task HandlerThatReturnsSomethingElse_IsAnErrorOfTheApplication(string path)
    {
        using var response = await GetAsync(path);

        Assert.Equal(500, (int)response.StatusCode);
        Assert.False(response.Headers.Contains("Grip-Hold"));
    }

    [Theory]
    [InlineData("poll", null, 501, "it has no Grip-Sig")]
    [InlineData("poll", "another key", 501, "expired, or made with another key")]
    [InlineData("asked", null, 501, "it has no Grip-Sig")]
    [InlineData("asked", Key, 200, "yes")]
    [InlineData("private", null, 403, "it has no Grip-Sig")]
    [InlineData("private", Key, 200, "inside")]
    public async Task Get_WithAKey_IsBelievedOnlyWithTheRightOne(string path, string? key, int status, string text)
    {
        using var response = await GetAsync(path, key);

        Assert.Equal(status, (int)response.StatusCode);
        Assert.Contains(text, await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.False(response.Headers.Contains("Grip-Hold"));
    }

    [Fact]
    public async Task Get_WhereNoKeyIsKnown_SaysWhatToSet()
    {
        await using var server = await KestrelServer.StartAsync(static app => app.MapGripStream("/stream", "room"), static builder => builder.Services.AddGrip());

        using var response = await _client.GetAsync(new Uri(server.Address, "stream"));

        Assert.Equal(501, (int)response.StatusCode);
        Assert.Contains("set SigKey in AddGrip, or verify-key in GRIP_URL", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    private async Task<HttpResponseMessage> GetAsync(string path, string? key = Key)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(_server.Address, path));
        if (key is not null)
        {
            Assert.True(GripKey.TryRead(key, ".", out var read, out _));
            request.Headers.Add("Grip-Sig", new GripSigner(read, "pushpin", TimeProvider.System).Token);
        }

        return await _client.SendAsync(request);
    }
}
