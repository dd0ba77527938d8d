using System.Net;
using System.Net.Http.Headers;
using System.Text;
using GripProxy.Functional.Tests.Fixture;

namespace GripProxy.Functional.Tests;

/// <summary>What docs/security.md says of the built program as a whole.</summary>
public sealed class SecurityTests(SecurityTests.World world) : IClassFixture<SecurityTests.World>
{
    private const string SigKey = "the-signature-key-nobody-may-read";
    private const string BearerToken = "the-bearer-token-nobody-may-read";
    private const string Password = "the-password-nobody-may-read";
    private const string Item = """{"items":[{"channel":"smuggled","formats":{"http-stream":{"content":"x"}}}]}""";

    private static readonly byte[] s_issuerKey = Encoding.ASCII.GetBytes("the-issuer-key-that-nobody-may-read");

    [Fact]
    public async Task Log_AtItsMostTalkative_HoldsNoSecret()
    {
        string token = Tokens.Publisher(s_issuerKey, "realm");
        string forged = Tokens.Publisher(Encoding.ASCII.GetBytes("a key of somebody else, quite long"), "realm");
        world.Origin.OnText("/seen", "seen");
        await using RawHttp client = await world.Proxy.ConnectAsync();
        await client.GetAsync("/seen", "example.test", $"Authorization: Bearer {BearerToken}", "Cookie: session=the-cookie-nobody-may-read");
        string signature = (await world.Origin.NextRequestAsync("/seen")).Headers["Grip-Sig"];
        AuthenticationHeaderValue[] credentials =
        [
            new("Bearer", token), new("Bearer", forged), new("Bearer", BearerToken), new("Bearer", BearerToken + "x"),
            new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes("user:" + Password))), new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes("user:x" + Password))),
        ];
        List<HttpStatusCode> answers = [];
        foreach (AuthenticationHeaderValue credential in credentials)
        {
            using HttpResponseMessage answer = await world.Proxy.Control.PostAsync(Item.Replace("smuggled", "news", StringComparison.Ordinal), credential);
            answers.Add(answer.StatusCode);
        }

        // Lines come in order, so all of them are there with the last.
        int mark = world.Proxy.Output.Mark;
        await client.GetAsync("/seen?last", "example.test");
        await world.Proxy.Output.WaitForAsync(static line => line.Contains("/seen?last", StringComparison.Ordinal), mark);
        string log = world.Proxy.Output.Text;
        Assert.Equal([HttpStatusCode.OK, HttpStatusCode.Unauthorized, HttpStatusCode.OK, HttpStatusCode.Unauthorized, HttpStatusCode.OK, HttpStatusCode.Unauthorized], answers);
        Assert.True(signature.Length > 50, signature);
        string[] secrets =
        [
            SigKey, BearerToken, Password, Encoding.ASCII.GetString(s_issuerKey), Convert.ToBase64String(s_issuerKey), token, forged, signature, token[(token.LastIndexOf('.') + 1)..], "the-cookie-nobody-may-read",
            .. credentials.Where(static credential => credential.Scheme == "Basic").Select(static credential => credential.Parameter!), // All have one.
        ];
        Assert.All(secrets, secret => Assert.DoesNotContain(secret, log, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Request_WithGripHeadersOfAClient_ReachesTheOriginWithOursOnly()
    {
        world.Origin.OnText("/spoofed", "fine");
        await using RawHttp client = await world.Proxy.ConnectAsync();

        await client.GetAsync(
            "/spoofed", "example.test", "Grip-Sig: a.b.c", "GRIP-SIG: d.e.f", "Grip-Feature: everything", "Grip-Last: news; last-id=1", "Grip-Hold: stream", "Grip-Channel: news", "Grip-Anything: x");

        SeenRequest seen = await world.Origin.NextRequestAsync("/spoofed");
        Assert.Equal(["Grip-Feature", "Grip-Sig"], seen.Headers.Keys.Where(static name => name.StartsWith("Grip-", StringComparison.OrdinalIgnoreCase)).Order(StringComparer.Ordinal));
        Assert.DoesNotContain("everything", seen.Headers["Grip-Feature"], StringComparison.Ordinal);
        Assert.Matches("^eyJ[^.,]+[.][^.,]+[.][^.,]+$", seen.Headers["Grip-Sig"]);
    }

    [Theory]
    [InlineData("/publish/")]
    [InlineData("/realm/realm/publish/")]
    [InlineData("/v1/connections")]
    [InlineData("/v1/close")]
    [InlineData("/healthz")]
    public async Task Path_OfTheControlPort_IsAnOrdinaryOneForClients(string path)
    {
        world.Origin.OnText(path, "the application's");
        await using RawHttp client = await world.Proxy.ConnectAsync();

        RawResponse answer = await client.GetAsync(path, "example.test", $"Authorization: Bearer {BearerToken}");

        Assert.Equal((200, "the application's"), (answer.Status, answer.Body));
    }

    [Theory]
    [InlineData("Content-Length: 0\r\nContent-Length: {0}\r\n\r\n")]
    [InlineData("Content-Length: 0, {0}\r\n\r\n")]
    [InlineData("Content-Length: +0\r\n\r\n")]
    [InlineData("Content-Length: 0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n")]
    [InlineData("Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n")]
    [InlineData("Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n")]
    [InlineData("Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n")]
    [InlineData("X: y\r\n Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n")]
    [InlineData("X: y\rContent-Length: 0\r\n\r\n")]
    public async Task ControlPort_FramingThatSaysTwoThings_PublishesNothingHiddenInIt(string rest)
    {
        string hidden = $"POST /publish/ HTTP/1.1\r\nHost: h\r\nAuthorization: Bearer {BearerToken}\r\nContent-Length: {Item.Length}\r\n\r\n{Item}";
        await using RawHttp publisher = await RawHttp.ConnectAsync(new IPEndPoint(IPAddress.Loopback, world.Proxy.Control.Port));

        await publisher.SendAsync($"POST /publish/ HTTP/1.1\r\nHost: h\r\nAuthorization: Bearer {BearerToken}\r\n{rest.Replace("{0}", $"{hidden.Length}", StringComparison.Ordinal)}{hidden}");
        publisher.EndSending();
        string answer;
        try
        {
            answer = await publisher.ReadToEndAsync();
        }
        catch (System.Net.Sockets.SocketException)
        {
            // Reset: the rest was not read.
            answer = "";
        }

        Assert.DoesNotContain(" 200 ", answer, StringComparison.Ordinal);
        // A publish that is taken has a line in the log; this one comes behind whatever had slipped through.
        int mark = world.Proxy.Output.Mark;
        using HttpResponseMessage witness = await world.Proxy.Control.PostAsync(Item.Replace("smuggled", "witness", StringComparison.Ordinal), new AuthenticationHeaderValue("Bearer", BearerToken));
        await world.Proxy.Output.WaitForAsync(static line => line.Contains("publish channel=witness", StringComparison.Ordinal), mark);
        Assert.DoesNotContain("publish channel=smuggled", world.Proxy.Output.Text, StringComparison.Ordinal);
    }

    public sealed class World : ProxyWithOrigin
    {
        protected override void Configure(ProxySetup setup) => setup
            .Set("runner", "log_level", "4")
            .Set("proxy", "sig_key", SigKey)
            .Set("issuer:realm", "key", $"base64:{Convert.ToBase64String(s_issuerKey)}")
            .Set("bearer:script", "token", BearerToken)
            .Set("basic:user", "password", Password);
    }
}
