using System.Net;
using System.Net.Http.Headers;
using System.Text;
using GripProxy.Functional.Tests.Fixture;

namespace GripProxy.Functional.Tests;

public sealed class PublishAuthorizationTests(PublishAuthorizationTests.World world) : IClassFixture<PublishAuthorizationTests.World>
{
    private const string Item = """{"items":[{"channel":"news.a","formats":{"http-stream":{"content":"x"}}}]}""";

    private static readonly byte[] s_key = Encoding.ASCII.GetBytes("a key that is long enough to be one");

    [Fact]
    public async Task Publish_WithoutCredentials_Is401AndNamesTheScheme()
    {
        using HttpResponseMessage answer = await world.Proxy.Control.PostAsync(Item);

        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        Assert.Equal("Bearer", answer.Headers.WwwAuthenticate.First().Scheme);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        Assert.Contains("\"missing_credentials\"", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/publish/")]
    [InlineData("/publish")]
    [InlineData("/realm/realm/publish/")]
    public async Task Publish_WithATokenOfTheIssuer_ReachesTheStream(string path)
    {
        string channel = "news." + path.Replace('/', '.');
        world.Origin.OnHold($"/stream{path}", "stream", channel, "open\n");
        await using RawHttp client = await world.Proxy.ConnectAsync();
        await client.SendAsync(RawHttp.Get($"/stream{path}"));
        await client.ReadHeadAsync();
        await world.Proxy.SubscribedAsync(channel);

        using HttpResponseMessage answer = await world.Proxy.Control.PostAsync(
            ControlClient.OneItem(channel, "http-stream", new Dictionary<string, object?>(StringComparer.Ordinal) { ["content"] = "news\n" }),
            Bearer(Tokens.Publisher(s_key, "realm")),
            path);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal("open\nnews\n", await client.ReadStreamAsync("news\n"));
    }

    [Fact]
    public async Task Publish_WithATokenSignedByAnotherKey_Is401AndLeaksNothing()
    {
        string token = Tokens.Publisher(Encoding.ASCII.GetBytes("another key of a similar length, it is"), "realm");
        using HttpResponseMessage answer = await world.Proxy.Control.PostAsync(Item, Bearer(token));

        string text = await answer.Content.ReadAsStringAsync();
        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        Assert.Contains("\"invalid_token\"", text, StringComparison.Ordinal);
        Assert.DoesNotContain(Encoding.ASCII.GetString(s_key), text, StringComparison.Ordinal);
        Assert.DoesNotContain(Convert.ToBase64String(s_key), text, StringComparison.Ordinal);
        Assert.DoesNotContain(token, text, StringComparison.Ordinal);
        Assert.DoesNotContain(token, world.Proxy.Output.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Publish_WithAnExpiredToken_Is401()
    {
        string token = Tokens.Sign(s_key, new Dictionary<string, object>(StringComparer.Ordinal)
        {
            ["iss"] = "realm",
            ["exp"] = TimeProvider.System.GetUtcNow().AddMinutes(-10).ToUnixTimeSeconds(),
        });
        using HttpResponseMessage answer = await world.Proxy.Control.PostAsync(Item, Bearer(token));

        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
    }

    [Fact]
    public async Task Publish_WithATokenOfAnotherRealm_Is401()
    {
        using HttpResponseMessage answer =
            await world.Proxy.Control.PostAsync(Item, Bearer(Tokens.Publisher(s_key, "realm")), "/realm/elsewhere/publish/");

        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
    }

    [Fact]
    public async Task Publish_ToAChannelThatTheTokenDoesNotCover_Is403()
    {
        string token = Tokens.Publisher(s_key, "realm", new KeyValuePair<string, object>("grip:publish", new[] { "sports.*" }));
        using HttpResponseMessage answer = await world.Proxy.Control.PostAsync(Item, Bearer(token));

        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        Assert.Contains("\"not_covered\"", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Publish_WithASubscriptionToken_Is403()
    {
        string token = Tokens.Publisher(s_key, "realm", new KeyValuePair<string, object>("grip:subscribe", new[] { "news.*" }));
        using HttpResponseMessage answer = await world.Proxy.Control.PostAsync(Item, Bearer(token));

        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
    }

    [Fact]
    public async Task Publish_WithAStaticToken_IsTaken()
    {
        using HttpResponseMessage answer = await world.Proxy.Control.PostAsync(Item, Bearer("a-static-token"));

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Fact]
    public async Task Publish_WithAPasswordForOtherChannels_Is403()
    {
        using HttpResponseMessage answer = await world.Proxy.Control.PostAsync(Item, Basic("sporty:pass:word"));

        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
    }

    [Fact]
    public async Task Publish_WithAWrongPassword_Is401()
    {
        using HttpResponseMessage answer = await world.Proxy.Control.PostAsync(Item, Basic("sporty:guess"));

        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
    }

    private static AuthenticationHeaderValue Bearer(string token) => new("Bearer", token);

    private static AuthenticationHeaderValue Basic(string pair) => new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(pair)));

    public sealed class World : ProxyWithOrigin
    {
        protected override void Configure(ProxySetup setup) => setup
            .Set("issuer:realm", "key", $"base64:{Convert.ToBase64String(s_key)}")
            .Set("bearer:script", "token", "a-static-token")
            .Set("basic:sporty", "password", "pass:word")
            .Set("basic:sporty", "channels", "sports.*");
    }
}
