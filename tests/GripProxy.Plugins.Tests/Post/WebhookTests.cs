using System.Globalization;
using System.Text;
using GripProxy.Plugins.Egress;
using GripProxy.Plugins.Engine;
using GripProxy.Plugins.Queue;
using GripProxy.Plugins.Tests.Fixture;
using Microsoft.AspNetCore.Http;

namespace GripProxy.Plugins.Tests.Post;

/// <summary>Webhooks that plugins compose and the host sends, to a real server (plugins.md §7.7).</summary>
public sealed class WebhookTests
{
    [Fact]
    public async Task PLG09_Webhook_IsSentAsThePluginDescribesIt()
    {
        var received = new TaskCompletionSource<(string Method, string Path, string? Type, string? Own, string Body)>();
        await using var server = await TestServer.StartAsync(async context =>
        {
            using var reader = new StreamReader(context.Request.Body);
            var request = context.Request;
            received.TrySetResult((request.Method, request.Path, request.ContentType, request.Headers["X-Own"], await reader.ReadToEndAsync()));
        });
        var calls = Composing(server, """{"url":"URL/hook","method":"PUT","headers":{"Content-Type":"text/plain","X-Own":"yes"},"body":"hello"}""");
        await using var stage = Stage(calls, server);
        stage.Stage.Start();

        await stage.PublishedAsync("signup");

        Assert.Equal(("PUT", "/hook", "text/plain", "yes", "hello"), await received.Task.WaitAsync(TimeSpan.FromSeconds(30)));
        await stage.EmptyAsync();
        Assert.Empty(stage.Dead);
    }

    [Fact]
    public async Task PLG09_Webhook_WithoutMethodOrHeaders_IsAPostOfJson_AndNullIsNone()
    {
        var received = new TaskCompletionSource<(string Method, string? Type, string Body)>();
        await using var server = await TestServer.StartAsync(async context =>
        {
            using var reader = new StreamReader(context.Request.Body);
            received.TrySetResult((context.Request.Method, context.Request.ContentType, await reader.ReadToEndAsync()));
        });
        var calls = Composing(server, """{"url":"URL/hook","body":{"n":1}}""").With(2, ["composeWebhook"]);
        await using var stage = Stage(calls, server);
        stage.Stage.Start();

        await stage.PublishedAsync("signup");

        Assert.Equal(("POST", "application/json", """{"n":1}"""), await received.Task.WaitAsync(TimeSpan.FromSeconds(30)));
        await stage.EmptyAsync();
        Assert.Empty(stage.Dead);
    }

    [Theory]
    [InlineData(503, null, 3)]
    [InlineData(429, "120", 120)]
    [InlineData(408, "1", 3)]
    [InlineData(500, "999999", 3600)]
    [InlineData(503, "Wed, 01 Jan 2020 00:10:00 GMT", 600)]
    public async Task PLG09_Webhook_ThatIsRefusedForNow_IsSentAgainLater_WithoutComposingItAgain(int status, string? retryAfter, double seconds)
    {
        var refused = true;
        await using var server = await TestServer.StartAsync(context =>
        {
            context.Response.StatusCode = refused ? status : 204;
            if (retryAfter is not null)
                context.Response.Headers.RetryAfter = retryAfter;
            return Task.CompletedTask;
        });
        var calls = Composing(server, """{"url":"URL/hook","body":"hello"}""");
        await using var stage = Stage(calls, server);
        stage.Stage.Start();
        await stage.PublishedAsync("signup");
        var waiting = await stage.WaitingAsync(PostLine.Events, work => work.Attempts == 1);

        Assert.Equal("webhook", waiting.Method);
        Assert.StartsWith($"WebhookError: 127.0.0.1 answered {status.ToString(CultureInfo.InvariantCulture)}", Assert.Single(calls.Notes).Text, StringComparison.Ordinal);
        Assert.EndsWith(" (attempt 1/10)", calls.Notes.First().Text, StringComparison.Ordinal);
        var wait = waiting.Due - stage.Time.GetUtcNow();
        Assert.InRange(wait.TotalSeconds, seconds * 0.9 - 0.001, seconds * 1.1);
        refused = false;
        await stage.PassAsync(wait, () => stage.Queue.Post.Count(1) == 0);
        Assert.Equal("composeWebhook", (await calls.CalledAsync()).Method);
        Assert.False(calls.HasMore);
        Assert.Empty(stage.Dead);
    }

    [Theory]
    [InlineData(404)]
    [InlineData(400)]
    [InlineData(302)]
    public async Task PLG09_Webhook_ThatIsRefusedForGood_IsADeadLetter(int status)
    {
        await using var server = await TestServer.StartAsync(context =>
        {
            context.Response.StatusCode = status;
            return Task.CompletedTask;
        });
        await using var stage = Stage(Composing(server, """{"url":"URL/hook","body":"hello"}"""), server);
        stage.Stage.Start();

        await stage.PublishedAsync("signup");
        await stage.EmptyAsync();

        var dead = Assert.Single(stage.Dead);
        Assert.Equal(("webhook", 1, "signup"), (dead.Stage, dead.Attempts, dead.Event));
        Assert.StartsWith($"WebhookError: 127.0.0.1 answered {status.ToString(CultureInfo.InvariantCulture)}", dead.Error, StringComparison.Ordinal);
        Assert.Contains("\"body\":\"hello\"", Encoding.UTF8.GetString(stage.Queue.DeadLetters.Get(1, dead.Id)!.Body.Span), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"url":"http://169.254.169.254/"}""", "webhook", "WebhookError: request to http://169.254.169.254 blocked by egress rules (address)")]
    [InlineData("""{"url":"here"}""", "composeWebhook", "TypeError: the url of a webhook must be a whole address, as https://example.com/hook")]
    [InlineData("""{"body":"x"}""", "composeWebhook", "TypeError: composeWebhook must return an object with a url, or null")]
    [InlineData("7", "composeWebhook", "TypeError: composeWebhook must return an object with a url, or null")]
    public async Task PLG09_Webhook_ThatCannotBeSent_IsADeadLetter(string webhook, string stageName, string error)
    {
        await using var server = await TestServer.StartAsync(static _ => Task.CompletedTask);
        var calls = Composing(server, webhook);
        await using var stage = Stage(calls, server);
        stage.Stage.Start();

        await stage.PublishedAsync("signup");
        await stage.EmptyAsync();

        Assert.Equal((1, error), Assert.Single(calls.Notes));
        Assert.Equal((stageName, error), (Assert.Single(stage.Dead).Stage, stage.Dead[0].Error));
    }

    [Fact]
    public async Task PLG09_Server_ThatIsAway_IsTriedAgain()
    {
        TestServer server = await TestServer.StartAsync(static _ => Task.CompletedTask);
        await using var stage = Stage(Composing(server, """{"url":"URL/hook"}"""), server);
        await server.DisposeAsync();
        stage.Stage.Start();

        await stage.PublishedAsync("signup");

        Assert.Equal("webhook", (await stage.WaitingAsync(PostLine.Events, work => work.Attempts == 1)).Method);
        Assert.Empty(stage.Dead);
    }

    private static FakeCalls Composing(TestServer server, string webhook)
    {
        var calls = new FakeCalls().With(1, ["composeWebhook"]);
        var json = Encoding.UTF8.GetBytes(webhook.Replace("URL", server.Url.ToString().TrimEnd('/'), StringComparison.Ordinal));
        calls.Answer = (install, _, _) => Task.FromResult<CallResult?>(install == 1 ? new CallResult(json, null) : FakeCalls.Nothing);
        return calls;
    }

    private static TestStage Stage(FakeCalls calls, TestServer server) => new(calls, egress: new EgressOptions
    {
        Ports = new HashSet<int> { server.Port, 80 },
        AllowPrivate = [EgressHole.TryParse("127.0.0.0/8", out var hole) ? hole : throw new InvalidOperationException("it is a network")],
    });
}
