using System.Text.Json.Nodes;
using GripProxy.Plugins.Events;
using GripProxy.Plugins.Pipeline;
using GripProxy.Plugins.Queue;

namespace GripProxy.Plugins.Tests.Events;

/// <summary><c>/v1/events</c> over HTTP (plugins-http.md §3.2).</summary>
public sealed class GenericEventsTests
{
    private const string Path = "/v1/events";
    private const string KeyHeader = $"X-Api-Key: {IngestServer.Key}";
    private const string Uuid = "0192f0c1-2a7b-7def-8000-0123456789ab";

    [Fact]
    public async Task Event_InPlainWords_IsStoredUnderTheProperNames()
    {
        await using var server = await IngestServer.StartAsync();

        var answer = await server.PostAsync(Path, """{"event":"order","user":17,"data":{"total":5},"time":"2026-05-04T07:59:00Z","id":"order-17"}""", headers: KeyHeader);

        Assert.Equal((202, """{"accepted":1,"rejected":[]}"""), (answer.Status, answer.Text));
        var stored = Assert.Single(await server.WaitingAsync());
        Assert.Equal(("order", "17", "2026-05-04T07:59:00Z"), ((string?)stored["event"], (string?)stored["distinct_id"], (string?)stored["timestamp"]));
        Assert.Equal("""{"total":5,"$source_id":"order-17"}""", stored["properties"]!.ToJsonString());
        Assert.Equal(NamedUuid.Of("acme", "order-17").ToString(), (string?)stored["uuid"]);
        Assert.Equal(1, server.Stored);
    }

    [Theory]
    [InlineData("""{"event":"e"}""", "anonymous")]
    [InlineData("""{"event":"e","properties":{"distinct_id":"anna"}}""", "anna")]
    [InlineData("""{"event":"e","user":"bob","distinct_id":"anna"}""", "anna")]
    public async Task DistinctId_OfAnEvent_IsTheOneItNames(string body, string expected)
    {
        await using var server = await IngestServer.StartAsync();

        Assert.Equal(202, (await server.PostAsync(Path, body, headers: KeyHeader)).Status);
        Assert.Equal(expected, (string?)Assert.Single(await server.WaitingAsync())["distinct_id"]);
    }

    [Fact]
    public async Task DistinctId_ThatIsRequired_IsMissed()
    {
        await using var server = await IngestServer.StartAsync(new EventsOptions { RequireDistinctId = true });

        var answer = await server.PostAsync(Path, """{"event":"e"}""", headers: KeyHeader);

        Assert.Equal((400, "missing_distinct_id"), (answer.Status, answer.Code));
    }

    [Fact]
    public async Task Id_ThatIsAUuid_IsTheEventsOwn()
    {
        await using var server = await IngestServer.StartAsync();

        await server.PostAsync(Path, $$"""{"event":"e","id":"{{Uuid}}"}""", headers: KeyHeader);

        var stored = Assert.Single(await server.WaitingAsync());
        Assert.Equal(Uuid, (string?)stored["uuid"]);
        Assert.Null(stored["properties"]);
    }

    [Fact]
    public async Task List_WithBadEvents_RefusesOnlyThose()
    {
        await using var server = await IngestServer.StartAsync();

        var answer = await server.PostAsync(Path, """[{"event":"a"},5,{"event":"b","id":7},{"event":"c"}]""", headers: KeyHeader);

        Assert.Equal((202, 2), (answer.Status, (int?)answer.Body["accepted"]));
        Assert.Equal([1, 2], answer.Body["rejected"]!.AsArray().Select(one => (int)one!["index"]!));
        Assert.All(answer.Body["rejected"]!.AsArray(), one => Assert.NotEqual("", (string?)one!["error"]));
        Assert.Equal(["a", "c"], (await server.WaitingAsync()).Select(one => (string?)one["event"]));
    }

    [Fact]
    public async Task Lines_WithABrokenOne_RefuseOnlyThat()
    {
        await using var server = await IngestServer.StartAsync();

        var answer = await server.PostAsync(Path, "{\"event\":\"a\"}\r\n\n{\"event\":\n{\"event\":\"b\"}", "application/x-ndjson", KeyHeader);

        Assert.Equal((202, 2), (answer.Status, (int?)answer.Body["accepted"]));
        var rejected = Assert.Single(answer.Body["rejected"]!.AsArray())!;
        Assert.Equal((1, "invalid_json"), ((int?)rejected["index"], (string?)rejected["code"]));
        Assert.Equal(["a", "b"], (await server.WaitingAsync()).Select(one => (string?)one["event"]));
    }

    [Theory]
    [InlineData("5", "application/json", 400, "invalid_json")]
    [InlineData("{", "application/json", 400, "invalid_json")]
    [InlineData("[]", "application/json", 400, "empty_batch")]
    [InlineData(" \n\n", "application/x-ndjson", 400, "empty_batch")]
    [InlineData("[5,6]", "application/json", 400, "invalid_event")]
    [InlineData("""{"event":"e","data":[]}""", "application/json", 400, "invalid_event")]
    [InlineData("""{"user":"d"}""", "application/json", 400, "missing_event")]
    [InlineData("""{"event":"e","uuid":"no"}""", "application/json", 400, "invalid_event")]
    [InlineData("""{"event":"e"}""", "application/xml", 415, "unsupported_media_type")]
    public async Task Request_ThatIsWrong_SaysWhat(string body, string type, int status, string code)
    {
        await using var server = await IngestServer.StartAsync();

        var answer = await server.PostAsync(Path, body, type, KeyHeader);

        Assert.Equal((status, code), (answer.Status, answer.Code));
        Assert.Empty(await server.WaitingAsync());
    }

    [Fact]
    public async Task Names_ThatReachPrototypes_AreLeftOut()
    {
        await using var server = await IngestServer.StartAsync();

        await server.PostAsync(Path, """{"event":"e","id":"x","__proto__":{"a":1},"data":{"__proto__":{"admin":true},"constructor":1,"deep":{"prototype":2,"ok":"\ud800!"}}}""", headers: KeyHeader);

        Assert.Equal("""{"deep":{"ok":"�!"},"$source_id":"x"}""", Assert.Single(await server.WaitingAsync())["properties"]!.ToJsonString(new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }));
    }

    [Theory]
    [InlineData("/v1/events", """{"event":"e","uuid":"0192f0c1-2a7b-7def-8000-0123456789ab"}""")]
    [InlineData("/v1/events", """{"event":"e","id":"order-17"}""")]
    [InlineData("/capture/", """{"event":"e","distinct_id":"d","uuid":"0192f0c1-2a7b-7def-8000-0123456789ab"}""")]
    public async Task Event_ThatComesAgainSoon_IsAcknowledgedAndNotProcessedAgain(string path, string body)
    {
        await using var server = await IngestServer.StartAsync();
        var first = await server.PostAsync(path, body, headers: KeyHeader);

        Assert.Equal(first, await server.PostAsync(path, body, headers: KeyHeader) with { Body = first.Body });
        Assert.Single(await server.WaitingAsync());
        // Another tenant's is another.
        await server.PostAsync(path, body, headers: $"X-Api-Key: {IngestServer.Limited}");
        Assert.Single(await server.WaitingAsync(4));

        server.Time.Advance(TimeSpan.FromSeconds(61));
        await server.PostAsync(path, body, headers: KeyHeader);
        Assert.Equal(2, (await server.WaitingAsync()).Count);
    }

    [Fact]
    public async Task Request_WithTheSameIdempotencyKey_IsAcknowledgedAndNotProcessedAgain()
    {
        await using var server = await IngestServer.StartAsync();
        const string Two = """[{"event":"a"},{"event":"b"}]""";

        var first = await server.PostAsync(Path, Two, headers: [KeyHeader, "Idempotency-Key: r1"]);
        var again = await server.PostAsync(Path, Two, headers: [KeyHeader, "Idempotency-Key: r1"]);
        await server.PostAsync(Path, Two, headers: [KeyHeader, "Idempotency-Key: r2"]);

        Assert.Equal((first.Status, first.Text), (again.Status, again.Text));
        Assert.Equal(4, (await server.WaitingAsync()).Count);
    }

    [Fact]
    public async Task Event_ThatWasNotStored_MayComeAgain()
    {
        var broken = true;
        await using var server = await IngestServer.StartAsync(queue: real => new FailingQueue(real, () => broken ? EnqueueOutcome.DiskFull : null));
        var body = $$"""{"event":"e","uuid":"{{Uuid}}"}""";

        var answer = await server.PostAsync(Path, body, headers: KeyHeader);
        Assert.Equal((503, "disk_full", "5"), (answer.Status, answer.Code, answer.RetryAfter));
        broken = false;

        Assert.Equal(202, (await server.PostAsync(Path, body, headers: KeyHeader)).Status);
        Assert.Single(await server.WaitingAsync());
    }

    [Fact]
    public async Task Sender_WhoWaits_IsToldWhatBecameOfEach()
    {
        await using var server = await IngestServer.StartAsync();
        var asking = server.PostAsync($"{Path}?wait=processed&timeout_ms=5000", """[{"event":"a"},{"event":"b"},5,{"event":"c"},{"event":"d"}]""", headers: KeyHeader);
        var queued = await StoredAsync(server, 4);

        server.Waits.Tell(queued[0], EventEnd.Published);
        server.Waits.Tell(queued[1], EventEnd.Dropped);
        server.Waits.Tell(queued[2], EventEnd.Failed);
        Assert.False(asking.IsCompleted);
        await AdvanceUntilAsync(server, asking);

        var answer = await asking;
        Assert.Equal(202, answer.Status);
        var events = answer.Body["events"]!.AsArray();
        Assert.Equal(["published", "dropped", "failed", "pending"], events.Select(one => (string?)one!["status"]));
        Assert.Equal([0, 1, 3, 4], events.Select(one => (int)one!["index"]!));
        Assert.Equal(queued.Select(one => (string?)JsonNode.Parse(one.Body.Span)!["uuid"]), events.Select(one => (string?)one!["uuid"]));
    }

    [Fact]
    public async Task Sender_WhoWaitsForARepeatedEvent_IsToldAtOnce()
    {
        await using var server = await IngestServer.StartAsync();
        var body = $$"""{"event":"e","uuid":"{{Uuid}}"}""";
        await server.PostAsync(Path, body, headers: KeyHeader);

        var answer = await server.PostAsync($"{Path}?wait=processed", body, headers: KeyHeader);

        Assert.Equal("repeated", (string?)answer.Body["events"]![0]!["status"]);
    }

    private static async Task<IReadOnlyList<QueuedEvent>> StoredAsync(IngestServer server, int count)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (true)
        {
            patience.Token.ThrowIfCancellationRequested();
            if (await server.Queue.ReadAsync(3, 0, 100) is var queued && queued.Count == count)
                return queued;
            await Task.Yield();
        }
    }

    private static async Task AdvanceUntilAsync(IngestServer server, Task ends)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (!ends.IsCompleted)
        {
            patience.Token.ThrowIfCancellationRequested();
            server.Time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }
    }
}
