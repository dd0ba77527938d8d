using System.Text;
using System.Text.Json;
using GripProxy.Control.Tests.Testing;
using GripProxy.Security;

namespace GripProxy.Control.Tests.Access;

public sealed class ControlAuthenticationTests
{
    private const string Keys =
        """
        [issuer:realm]
        key=secret
        [issuer:news only]
        key=other
        channels=news,news.*
        [bearer:job]
        token=static
        [basic:user]
        password=pass
        """;

    private const string Item = """{"items":[{"channel":"news","formats":{"http-stream":{"content":"x"}}}]}""";

    private const string TwoItems =
        """{"items":[{"channel":"news","formats":{"http-stream":{"content":"x"}}},{"channel":"b","formats":{"http-stream":{"content":"x"}}}]}""";

    [Theory]
    [InlineData("GET", "/")]
    [InlineData("GET", "/publish")]
    [InlineData("GET", "/nope")]
    [InlineData("GET", "/v1/nope")]
    [InlineData("GET", "/realm/realm/")]
    public async Task Check_NoCredential_Is401OnEveryPath(string method, string path)
    {
        await using var server = await ControlPort.StartAsync(Keys);

        var answer = await server.RequestAsync(method, path);

        Assert.Equal((401, "Bearer", "application/problem+json"), (answer.Status, answer.Header("WWW-Authenticate"), answer.Header("Content-Type")));
        using var problem = JsonDocument.Parse(answer.Body);
        Assert.Equal("urn:gripproxy:missing_credentials", problem.RootElement.GetProperty("type").GetString());
        Assert.Equal("missing_credentials", problem.RootElement.GetProperty("code").GetString());
        Assert.Equal(401, problem.RootElement.GetProperty("status").GetInt32());
        Assert.NotEmpty(problem.RootElement.GetProperty("detail").GetString()!);
        Assert.NotEmpty(problem.RootElement.GetProperty("title").GetString()!);
        Assert.Equal(JsonValueKind.Object, problem.RootElement.GetProperty("details").ValueKind);
    }

    [Fact]
    public async Task Check_NoCredential_AsksForNoBody()
    {
        await using var server = await ControlPort.StartAsync(Keys);
        var answer = await server.RequestAsync("POST", "/publish", "Content-Length: 100", "Expect: 100-continue");
        Assert.Equal(401, answer.Status);
    }

    [Theory]
    [InlineData("/publish/")]
    [InlineData("/realm/realm/publish/")]
    public async Task Check_GoodToken_Publishes(string path)
    {
        await using var server = await ControlPort.StartAsync(Keys);
        var answer = await server.PostAsync(path, Item, Token("secret", "realm"));
        Assert.Equal((200, "Published\n"), (answer.Status, answer.Body));
        Assert.Equal(["news"], server.Published);
    }

    [Fact]
    public async Task Check_TokenOfAnotherRealm_Is401()
    {
        await using var server = await ControlPort.StartAsync(Keys);
        var answer = await server.PostAsync("/realm/news%20only/publish/", Item, Token("secret", "realm"));
        Assert.Equal(401, answer.Status);
        Assert.Contains("\"code\":\"invalid_token\"", answer.Body, StringComparison.Ordinal);
        Assert.Empty(server.Published);
    }

    [Fact]
    public async Task Check_EncodedRealm_IsDecoded()
    {
        await using var server = await ControlPort.StartAsync(Keys);
        Assert.Equal(200, (await server.PostAsync("/realm/news%20only/publish/", Item, Token("other", "news only"))).Status);
    }

    [Fact]
    public async Task Check_ForgedToken_Is401AndNeitherAnswerNorLogShowIt()
    {
        await using var server = await ControlPort.StartAsync(Keys);
        var header = Token("wrong", "realm");

        var answer = await server.PostAsync("/publish", Item, header);

        var token = header[(header.LastIndexOf(' ') + 1)..];
        Assert.Equal(401, answer.Status);
        Assert.DoesNotContain(token, answer.Body, StringComparison.Ordinal);
        Assert.Contains(server.LogLines, line => line.StartsWith("Information: control request", StringComparison.Ordinal)
            && line.Contains("invalid_token", StringComparison.Ordinal));
        Assert.DoesNotContain(server.LogLines, line => line.Contains(token, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Check_StaticCredentials_Publish()
    {
        await using var server = await ControlPort.StartAsync(Keys);
        var basic = Convert.ToBase64String(Encoding.UTF8.GetBytes("user:pass"));
        Assert.Equal(200, (await server.PostAsync("/publish", Item, "Authorization: Bearer static")).Status);
        Assert.Equal(200, (await server.PostAsync("/publish", Item, "Authorization: Basic " + basic)).Status);
    }

    [Fact]
    public async Task Check_TwoCredentials_Is400()
    {
        await using var server = await ControlPort.StartAsync(Keys);
        var answer = await server.PostAsync("/publish", Item, "Authorization: Bearer static", "Authorization: Bearer static");
        Assert.Equal((400, "application/problem+json"), (answer.Status, answer.Header("Content-Type")));
        Assert.Contains("\"code\":\"invalid_parameter\"", answer.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Check_CredentialInQuery_DoesNotCount()
    {
        await using var server = await ControlPort.StartAsync(Keys);
        Assert.Equal(401, (await server.PostAsync("/publish?access_token=static", Item)).Status);
    }

    [Fact]
    public async Task Publish_OneChannelNotCovered_PublishesNothing()
    {
        await using var server = await ControlPort.StartAsync(Keys);

        var answer = await server.PostAsync("/publish", TwoItems, Token("other", "news only"));

        Assert.Equal((403, "application/problem+json"), (answer.Status, answer.Header("Content-Type")));
        Assert.Contains("\"code\":\"not_covered\"", answer.Body, StringComparison.Ordinal);
        Assert.Empty(server.Published);
    }

    [Fact]
    public async Task Publish_TokenNarrowsTheIssuer_IsObeyed()
    {
        await using var server = await ControlPort.StartAsync(Keys);
        var narrow = new PublishTokenOptions { Publish = ["b*"] };
        Assert.Equal(403, (await server.PostAsync("/publish", Item, Token("secret", "realm", narrow))).Status);
    }

    [Fact]
    public async Task Publish_BrowserToken_MayDoNothing()
    {
        await using var server = await ControlPort.StartAsync(Keys);
        var browser = new PublishTokenOptions { Subscribe = ["*"] };
        var answer = await server.PostAsync("/publish", Item, Token("secret", "realm", browser));
        Assert.InRange(answer.Status, 401, 403);
        Assert.Empty(server.Published);
    }

    [Fact]
    public async Task Check_NoKeys_IgnoresCredentials()
    {
        await using var server = await ControlPort.StartAsync();
        Assert.Equal(200, (await server.PostAsync("/realm/any/publish", Item, "Authorization: Bearer x", "Authorization: Basic y")).Status);
    }

    private static string Token(string key, string issuer, PublishTokenOptions? options = null)
    {
        Assert.True(GripKey.TryRead(key, ".", out var grip, out var error), error);
        return "Authorization: Bearer " + PublishToken.Create(grip!, issuer, TimeSpan.FromHours(1), TimeProvider.System, options);
    }
}
