using GripProxy.Plugins.Queue;

namespace GripProxy.Plugins.Tests.Events;

/// <summary>Who is not let in, and what is too much (plugins-http.md §3.4), over HTTP.</summary>
public sealed class IngestLimitTests
{
    private const string Event = """{"event":"e","distinct_id":"d"}""";

    [Theory]
    [InlineData(IngestServer.OffKey, 403, "key_disabled")]
    [InlineData(IngestServer.OffTenant, 403, "tenant_disabled")]
    [InlineData("phc_of_nobody", 401, "invalid_key")]
    public async Task Key_ThatLetsNothingIn_SaysWhy(string key, int status, string code)
    {
        await using var server = await IngestServer.StartAsync();
        foreach (var path in (string[])["/capture/", "/v1/events"])
        {
            var answer = await server.PostAsync(path, Event, headers: $"Authorization: Bearer {key}");

            Assert.Equal((status, code), (answer.Status, answer.Code));
        }
    }

    [Theory]
    [InlineData("/capture/")]
    [InlineData("/v1/events")]
    public async Task Request_WithoutKey_IsRefused(string path)
    {
        await using var server = await IngestServer.StartAsync();

        var answer = await server.PostAsync(path, Event);

        Assert.Equal((401, "missing_key"), (answer.Status, answer.Code));
    }

    [Fact]
    public async Task Events_BeyondTheQuota_WaitTheirTime()
    {
        await using var server = await IngestServer.StartAsync();
        const string Three = $"[{Event},{Event},{Event}]";
        var key = $"X-Api-Key: {IngestServer.Limited}";

        // Two a second, two seconds at once.
        Assert.Equal(202, (await server.PostAsync("/v1/events", Three, headers: key)).Status);
        var refused = await server.PostAsync("/v1/events", Three, headers: key);
        Assert.Equal((429, "rate_limited", "1"), (refused.Status, refused.Code, refused.RetryAfter));
        Assert.Equal(3, server.Queue.Usage(4).Events);

        server.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(202, (await server.PostAsync("/v1/events", Three, headers: key)).Status);
        // Others are not hurt.
        Assert.Equal(202, (await server.PostAsync("/v1/events", Three, headers: $"X-Api-Key: {IngestServer.Key}")).Status);
    }

    [Fact]
    public async Task Batch_LargerThanTheQuotaAtOnce_GoesThroughAndIsPaidForLater()
    {
        await using var server = await IngestServer.StartAsync();
        var key = $"X-Api-Key: {IngestServer.Limited}";

        Assert.Equal(202, (await server.PostAsync("/v1/events", $"[{string.Join(',', Enumerable.Repeat(Event, 10))}]", headers: key)).Status);
        var refused = await server.PostAsync("/v1/events", Event, headers: key);

        // Ten of four: six owed and one more, at two a second.
        Assert.Equal((429, "4"), (refused.Status, refused.RetryAfter));
    }

    [Fact]
    public async Task Answer_FromEightyPercentOn_SaysHowFullTheQueueIs()
    {
        await using var server = await IngestServer.StartAsync();
        var key = $"X-Api-Key: {IngestServer.Key}";
        string Events(int count) => $"[{string.Join(',', Enumerable.Repeat(Event, count))}]";

        Assert.Null((await server.PostAsync("/v1/events", Events(15), headers: key)).Usage);
        Assert.Equal("80%", (await server.PostAsync("/v1/events", Event, headers: key)).Usage);
        var full = await server.PostAsync("/v1/events", Events(5), headers: key);
        Assert.Equal((429, "queue_full", "5", "80%"), (full.Status, full.Code, full.RetryAfter, full.Usage));
    }

    [Theory]
    [InlineData(15, 202, null)]
    [InlineData(16, 413, "too_many_events")]
    public async Task Request_OfManyEvents_IsTakenUpToTheLimit(int count, int status, string? code)
    {
        await using var server = await IngestServer.StartAsync();

        var answer = await server.PostAsync("/v1/events", string.Join('\n', Enumerable.Repeat(Event, count)), "application/x-ndjson", $"X-Api-Key: {IngestServer.Key}");

        Assert.Equal((status, code), (answer.Status, answer.Code));
    }

    [Fact]
    public async Task Event_ThatIsTooLarge_IsRefusedAndOneInABatchAlone()
    {
        await using var server = await IngestServer.StartAsync();
        var large = $$"""{"event":"e","data":{"x":"{{new string('x', 2000)}}"} }""";
        var key = $"X-Api-Key: {IngestServer.Key}";

        var alone = await server.PostAsync("/v1/events", large, headers: key);
        Assert.Equal((413, "event_too_large"), (alone.Status, alone.Code));
        var beside = await server.PostAsync("/v1/events", $"[{large},{Event}]", headers: key);
        Assert.Equal((202, "event_too_large"), (beside.Status, (string?)beside.Body["rejected"]![0]!["code"]));
        var body = await server.PostAsync("/v1/events", new string(' ', 10_001), headers: key);
        Assert.Equal((413, "body_too_large"), (body.Status, body.Code));
    }

    [Theory]
    [InlineData("DiskFull", "disk_full")]
    [InlineData("Unavailable", "queue_unavailable")]
    public async Task Queue_ThatCannotBeWritten_IsSaid(string outcome, string code)
    {
        await using var server = await IngestServer.StartAsync(queue: real => new FailingQueue(real, () => Enum.Parse<EnqueueOutcome>(outcome)));

        var answer = await server.PostAsync("/v1/events", Event, headers: $"X-Api-Key: {IngestServer.Key}");

        Assert.Equal((503, code, "5"), (answer.Status, answer.Code, answer.RetryAfter));
    }

    [Fact]
    public async Task Proxy_ThatStops_SaysSo()
    {
        await using var server = await IngestServer.StartAsync();
        server.Handler.Stop();

        var answer = await server.PostAsync("/capture/", Event, headers: $"X-Api-Key: {IngestServer.Key}");

        Assert.Equal((503, "shutting_down", "10"), (answer.Status, answer.Code, answer.RetryAfter));
    }
}
