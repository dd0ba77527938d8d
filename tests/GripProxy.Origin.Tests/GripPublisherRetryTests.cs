using GripProxy.Origin.Tests.Support;
using Microsoft.AspNetCore.Http;

namespace GripProxy.Origin.Tests;

/// <summary>A proxy that is away for a moment: items come through, and never twice.</summary>
public sealed class GripPublisherRetryTests
{
    [Fact]
    public async Task PublishAsync_AnswersThatComeToNothing_AreAskedForAgainWithTheSameBytes()
    {
        var bodies = new List<string>();
        await using var server = await KestrelServer.StartAsync(context => AnswerAsync(context, bodies, failures: 2));
        using var publisher = Publisher(server);

        var result = await publisher.PublishAsync(Item("id-1"), CancellationToken.None);

        Assert.True(result.Succeeded, result.ToString());
        Assert.Equal(3, bodies.Count);
        Assert.Single(bodies.Distinct(StringComparer.Ordinal));
        Assert.Contains("\"id\":\"id-1\"", bodies[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task PublishAsync_AttemptsAreOver_SaysWhatWentWrongLast()
    {
        var bodies = new List<string>();
        await using var server = await KestrelServer.StartAsync(context => AnswerAsync(context, bodies, failures: int.MaxValue));
        using var publisher = Publisher(server);

        var result = await publisher.PublishAsync(Item("id-1"), CancellationToken.None);

        Assert.Equal(PublishOutcome.Refused, result.Endpoints[0].Outcome);
        Assert.Equal(3, bodies.Count);
        Assert.Equal($"GRIP proxy {server.Address} answered 503: not now", result.ToString());
    }

    [Fact]
    public async Task PublishAsync_AnItemWithoutId_IsNotSentTwice()
    {
        var bodies = new List<string>();
        await using var server = await KestrelServer.StartAsync(context => AnswerAsync(context, bodies, failures: 1));
        using var publisher = Publisher(server);

        var result = await publisher.PublishAsync([Item("id-1"), Item(null)], CancellationToken.None);

        Assert.Equal(PublishOutcome.Refused, result.Endpoints[0].Outcome);
        Assert.Single(bodies);
    }

    [Fact]
    public async Task PublishAsync_AConnectionThatBreaksBeforeTheAnswer_IsMadeAgainOnlyWhereTheItemHasAnId()
    {
        var calls = 0;
        await using var server = await KestrelServer.StartAsync(context =>
        {
            if (Interlocked.Increment(ref calls) != 2)
                context.Abort();
            return Task.CompletedTask;
        });
        using var publisher = Publisher(server);

        var without = await publisher.PublishAsync(Item(null), CancellationToken.None);
        var callsWithout = calls;
        var with = await publisher.PublishAsync(Item("id-1"), CancellationToken.None);

        Assert.Equal((PublishOutcome.Unreachable, 1), (without.Endpoints[0].Outcome, callsWithout));
        Assert.True(with.Succeeded);
    }

    [Fact]
    public async Task PublishAsync_AProxyThatIsNotThere_IsTriedAgainWithoutAnIdToo()
    {
        Uri address;
        await using (var gone = await KestrelServer.StartAsync(_ => Task.CompletedTask))
            address = gone.Address;
        using var waiting = new WaitingTime();
        using var publisher = new GripPublisher([GripEndpoint.Parse(address.AbsoluteUri)], time: waiting, attempts: 3);
        var publish = publisher.PublishAsync(Item(null), CancellationToken.None);

        var first = await waiting.NextDelayAsync();
        var second = await waiting.NextDelayAsync();
        var result = await publish;

        Assert.Equal([TimeSpan.FromMilliseconds(200), TimeSpan.FromMilliseconds(400)], [first, second]);
        Assert.Equal(PublishOutcome.Unreachable, result.Endpoints[0].Outcome);
    }

    [Fact]
    public async Task PublishAsync_WhatIsRefused_IsNotTriedAgain()
    {
        await using var port = await ControlPort.StartAsync(status: 403);
        using var publisher = new GripPublisher([port.Endpoint()], retryDelay: TimeSpan.Zero);

        await publisher.PublishAsync(Item("id-1"), CancellationToken.None);

        Assert.Single(port.Calls);
    }

    private static async Task AnswerAsync(HttpContext context, List<string> bodies, int failures)
    {
        using var reader = new StreamReader(context.Request.Body);
        bodies.Add(await reader.ReadToEndAsync());
        if (bodies.Count > failures)
            return;
        context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
        await context.Response.WriteAsync("not now\n");
    }

    private static GripPublisher Publisher(KestrelServer server) =>
        new([GripEndpoint.Parse(server.Address.AbsoluteUri)], retryDelay: TimeSpan.Zero);

    private static GripItem Item(string? id) => new GripItem("a") { Id = id }.WithHttpStream("hello");
}
