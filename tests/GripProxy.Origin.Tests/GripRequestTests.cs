using GripProxy.Origin.Tests.Support;
using GripProxy.Security;
using GripProxy.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace GripProxy.Origin.Tests;

public sealed class GripRequestTests
{
    private readonly ManualTime _time = new();

    [Fact]
    public void Read_SignedRequest_IsGripWithLastIdsAndFeatures()
    {
        var request = Request(Sign("changeme"));
        request.Headers["Grip-Last"] = new(["news; last-id=41", "a; last-id=\"x, \\\"y\\\"\", b; last-id=2"]);
        request.Headers["Grip-Feature"] = "status, link:next, filter:skip-self";

        var grip = GripRequest.Read(request, Verifier("changeme"));

        Assert.True(grip.IsGrip);
        Assert.Equal("41", grip.LastIds["news"]);
        Assert.Equal("x, \"y\"", grip.LastIds["a"]);
        Assert.Equal("2", grip.LastIds["b"]);
        Assert.True(grip.Supports("link:next"));
        Assert.False(grip.Supports("session"));
    }

    [Fact]
    public void Read_SignatureOfAnotherKey_BelievesNothing()
    {
        var request = Request(Sign("other"));
        request.Headers["Grip-Last"] = "news; last-id=41";
        request.Headers["Grip-Feature"] = "status";

        var grip = GripRequest.Read(request, Verifier("changeme"));

        Assert.False(grip.IsGrip);
        Assert.Empty(grip.LastIds);
        Assert.False(grip.Supports("status"));
    }

    [Fact]
    public void Read_NoSignature_IsNotGrip() =>
        Assert.False(GripRequest.Read(new DefaultHttpContext().Request, Verifier("changeme")).IsGrip);

    [Fact]
    public void Read_ExpiredSignature_IsNotGrip()
    {
        var request = Request(Sign("changeme"));
        _time.Advance(TimeSpan.FromHours(2));

        Assert.False(GripRequest.Read(request, Verifier("changeme")).IsGrip);
    }

    [Fact]
    public void Read_TwoSignatures_IsNotGrip()
    {
        var request = new DefaultHttpContext().Request;
        request.Headers["Grip-Sig"] = new([Sign("changeme"), Sign("changeme")]);

        Assert.False(GripRequest.Read(request, Verifier("changeme")).IsGrip);
    }

    [Fact]
    public void Read_OtherIssuer_IsNotGrip() =>
        Assert.False(GripRequest.Read(Request(Sign("changeme")), Verifier("changeme", "fastly")).IsGrip);

    [Theory]
    [InlineData("")]
    [InlineData("news")]
    [InlineData("news; other=1")]
    [InlineData("\"unterminated")]
    [InlineData(";;;,,;=")]
    public void Read_BadGripLast_HasNoIds(string line)
    {
        var request = Request(Sign("changeme"));
        request.Headers["Grip-Last"] = line;

        Assert.Empty(GripRequest.Read(request, Verifier("changeme")).LastIds);
    }

    [Theory]
    [InlineData("sig-key", "changeme", true)]
    [InlineData("sig-key", "other", false)]
    [InlineData("verify-key", "changeme", true)]
    [InlineData("verify-key", "other", false)]
    [InlineData("none", "changeme", false)]
    public async Task IsGrip_WithAddGrip_BelievesTheConfiguredKeys(string configured, string signedWith, bool expected)
    {
        await using var server = await KestrelServer.StartAsync(
            context => context.Response.WriteAsync(context.Request.IsGrip().ToString()),
            builder => builder.Services.AddSingleton<TimeProvider>(_time).AddGrip(options =>
            {
                if (configured == "sig-key")
                    options.SigKey = "changeme";
                if (configured == "verify-key")
                    options.Urls.Add("http://127.0.0.1:1/?verify-key=changeme&verify-iss=pushpin");
            }));
        using var client = new HttpClient();
        client.DefaultRequestHeaders.Add("Grip-Sig", Sign(signedWith));

        Assert.Equal(expected.ToString(), await client.GetStringAsync(server.Address));
    }

    [Fact]
    public async Task ApplyTo_ChannelInAnotherScript_IsUtf8OnTheWireWithAddGrip()
    {
        await using var server = await KestrelServer.StartAsync(
            context =>
            {
                GripInstruct.HoldStream("новости").ApplyTo(context.Response);
                return Task.CompletedTask;
            },
            builder => builder.Services.AddGrip(_ => { }));
        using var client = new HttpClient(new SocketsHttpHandler { ResponseHeaderEncodingSelector = (_, _) => System.Text.Encoding.UTF8 });

        using var response = await client.GetAsync(server.Address);

        Assert.Equal("новости", response.Headers.GetValues("Grip-Channel").Single());
    }

    [Fact]
    public async Task AddGrip_WithMistakes_NamesAllOfThemAtStart()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Services.AddGrip(options =>
        {
            options.Urls.Add("ftp://x/");
            options.Urls.Add("http://h/?iss=realm");
            options.SigKey = "";
            options.PublishTimeout = TimeSpan.Zero;
        });
        await using var app = builder.Build();

        var problem = await Assert.ThrowsAsync<Microsoft.Extensions.Options.OptionsValidationException>(() => app.StartAsync());

        Assert.Equal(4, problem.Failures.Count());
    }

    private static HttpRequest Request(string signature)
    {
        var request = new DefaultHttpContext().Request;
        request.Headers["Grip-Sig"] = signature;
        return request;
    }

    private static GripKey Key(string text)
    {
        Assert.True(GripKey.TryRead(text, ".", out var key, out _));
        return key;
    }

    private GripSigVerifier Verifier(string key, string? issuer = null) => new(Key(key), issuer, _time);

    private string Sign(string key) => new GripSigner(Key(key), "pushpin", _time).Token;
}
