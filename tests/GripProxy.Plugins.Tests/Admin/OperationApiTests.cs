using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using GripProxy.Plugins.Logs;
using GripProxy.Plugins.Queue;
using GripProxy.Plugins.State;
using GripProxy.Plugins.Tenants.Setup;

namespace GripProxy.Plugins.Tests.Admin;

/// <summary>Logs, dead letters, storage, tenants (plugins-http.md §4.1, §4.7–4.9).</summary>
public sealed class OperationApiTests : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private TestAdmin _admin = null!; // by InitializeAsync

    public async Task InitializeAsync()
    {
        _admin = await TestAdmin.StartAsync();
        await _admin.InstallAsync("export const processEvent = (event) => event");
    }

    public async Task DisposeAsync() => await _admin.DisposeAsync();

    [Fact]
    public async Task Plg15_Logs_AreReadByFilterAndPage()
    {
        const string Path = "/v1/tenants/default/plugins/p/logs";
        _admin.Logs.Add(1, 1, "log", LogLine.Console, "first");
        _admin.Logs.Add(1, 1, "error", LogLine.Console, "Second");
        _admin.Logs.Add(1, 2, "error", LogLine.Console, "of another plugin");
        _admin.Logs.Add(1, 1, "info", LogLine.System, "third");

        Assert.Equal(["first", "Second", "third"], await TextsAsync(Path));
        Assert.Equal(["Second", "third"], await TextsAsync(Path + "?level=info"));
        Assert.Equal(["third"], await TextsAsync(Path + "?source=system"));
        Assert.Equal(["Second"], await TextsAsync(Path + "?q=second"));
        Assert.Equal(["third"], await TextsAsync(Path + "?limit=1"));
        Assert.Empty(await TextsAsync(Path + "?since=2100-01-01T00:00:00Z"));
        var page = await _admin.OkAsync("GET", Path + "?after=0&limit=2");
        Assert.Equal(["third"], await TextsAsync(Path + $"?after={page["next"]}"));
        Assert.Equal(("here", "console", "log"), ((string?)page["items"]![0]!["node"], (string?)page["items"]![0]!["source"], (string?)page["items"]![0]!["level"]));
        Assert.Equal("invalid_parameter", await _admin.RefusedAsync(400, "GET", Path + "?level=loud"));
        Assert.Equal("invalid_parameter", await _admin.RefusedAsync(400, "GET", Path + "?since=yesterday"));
    }

    [Fact]
    public async Task Plg15_LogStream_TellsLinesAsTheyAreWritten()
    {
        using var answer = await _admin.SendAsync("GET", "/v1/tenants/default/plugins/p/logs/stream?level=warn");
        Assert.Equal("text/event-stream", answer.Content.Headers.ContentType!.MediaType);
        using var reader = new StreamReader(await answer.Content.ReadAsStreamAsync());
        Assert.Equal(":", await reader.ReadLineAsync().WaitAsync(Patience));

        _admin.Logs.Add(1, 1, "log", LogLine.Console, "quiet");
        _admin.Logs.Add(1, 1, "warn", LogLine.Console, "loud");

        Assert.Equal("", await reader.ReadLineAsync().WaitAsync(Patience));
        Assert.Equal("event: line", await reader.ReadLineAsync().WaitAsync(Patience));
        Assert.Contains("\"text\":\"loud\"", await reader.ReadLineAsync().WaitAsync(Patience), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Plg11_DeadLetters_AreListedShownReplayedAndPurged()
    {
        const string Path = "/v1/tenants/default/dlq";
        foreach (var name in new[] { "a", "b", "c" })
            await BuryAsync(name);

        var page = await _admin.OkAsync("GET", Path + "?limit=2");
        Assert.Equal(["a", "b"], page["items"]!.AsArray().Select(one => (string?)one!["event"]));
        Assert.Equal(["c"], (await _admin.OkAsync("GET", Path + $"?after={page["next"]}"))["items"]!.AsArray().Select(one => (string?)one!["event"]));
        Assert.Single((await _admin.OkAsync("GET", Path + "?event=b&stage=chain&install=p&since=2020-01-01T00:00:00Z"))["items"]!.AsArray());
        Assert.Empty((await _admin.OkAsync("GET", "/v1/tenants/acme/dlq"))["items"]!.AsArray());
        var id = (string)page["items"]![0]!["id"]!;
        var whole = await _admin.OkAsync("GET", $"{Path}/{id}");
        Assert.Equal(("at index.js:1", "a", "p"), ((string?)whole["stack"], (string?)whole["body"]!["event"], (string?)whole["name"]));

        var (status, replayed) = await _admin.AskAsync("POST", $"{Path}/{id}/replay");
        Assert.Equal((202, 1), (status, (int)replayed!["matched"]!));
        Assert.Equal("not_found", await _admin.RefusedAsync(404, "POST", $"{Path}/{id}/replay"));
        Assert.Equal("not_found", await _admin.RefusedAsync(404, "GET", $"/v1/tenants/acme/dlq/{page["items"]![1]!["id"]}"));
        Assert.Equal(1, (int)(await _admin.OkAsync("POST", Path + "/replay", """{"filter":{"event":"b"},"from":"start","rate":10}"""))["matched"]!);
        Assert.Equal(2, _admin.Queue.Usage(1).Events);
        foreach (var wrong in new[] { "{}", """{"filter":{},"ids":[]}""", """{"filter":{"colour":1}}""", """{"filter":{},"from":"middle"}""", """{"filter":{},"rate":0}""" })
            Assert.Equal("invalid_parameter", await _admin.RefusedAsync(400, "POST", Path + "/replay", wrong));
        Assert.Equal("invalid_parameter", await _admin.RefusedAsync(400, "POST", Path + "/purge", "{}"));
        Assert.Equal(1, (int)(await _admin.OkAsync("POST", Path + "/purge", """{"filter":{}}"""))["deleted"]!);
        Assert.Equal(["dlq.delete", "dlq.replay", "dlq.replay"], (await _admin.OkAsync("GET", "/v1/audit?limit=3"))["items"]!.AsArray().Select(line => (string?)line!["action"]));
    }

    [Fact]
    public async Task Plg11_DeadWebhook_ShowsNoSecret()
    {
        await _admin.InstallAsync(
            "export const composeWebhook = () => null", """{"name":"hook","config":[{"key":"token","secret":true}]}""", ""","config":{"token":"hush-hush"}""");
        const string Webhook = """{"event":"a","url":"https://example.com/?key=hush-hush","headers":{"Authorization":"Basic aHVzaC1odXNo"},"body":["hush-hush"]}""";
        await BuryAsync(Webhook, new DeadLetterReason(DeadLetterReason.Webhook, 2, "400"));

        var id = (await _admin.OkAsync("GET", "/v1/tenants/default/dlq"))["items"]![0]!["id"];
        Assert.Equal(
            """{"event":"a","url":"https://example.com/?key=***","headers":{"Authorization":"***"},"body":["***"]}""",
            (await _admin.OkAsync("GET", $"/v1/tenants/default/dlq/{id}"))["body"]!.ToJsonString());
    }

    [Fact]
    public async Task Plg25_Metrics_OfAPlugin_AreShownByDayAndLately()
    {
        const string Path = "/v1/tenants/default/plugins/p";
        _admin.Use.Called("p", "processEvent", "ok", 5);
        _admin.Use.Called("p", "processEvent", "dropped", 2);
        _admin.Use.Dropped("p", 2);
        _admin.Use.Published("p", 4);
        _admin.Use.Took("p", "processEvent", TimeSpan.FromSeconds(0.25));
        _admin.Use.Metrics.Add("p", "most", "max", 7);
        _admin.Use.Metrics.Add("p", "events_seen", "sum", 3);
        var today = TimeProvider.System.GetUtcNow().ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

        var metrics = await _admin.OkAsync("GET", Path + "/metrics");

        Assert.Equal("""{"calls":7,"errors":0,"dropped":2,"published":4,"seconds":0.25}""", metrics["minute"]!.ToJsonString());
        Assert.Equal(
            $$$"""[{"day":"{{{today}}}","calls":{"processEvent":{"dropped":2,"ok":5}},"seconds":{"processEvent":0.25},"dropped":2,"published":4,"exports":{"events_seen":3},"custom":{"most":7}}]""",
            metrics["days"]!.ToJsonString());
        Assert.Equal("""{"most":"max"}""", metrics["kinds"]!.ToJsonString());
        Assert.Single((await _admin.OkAsync("GET", $"{Path}/metrics?from={today}&to={today}"))["days"]!.AsArray());
        Assert.Empty((await _admin.OkAsync("GET", Path + "/metrics?to=2020-01-01"))["days"]!.AsArray());
        Assert.Equal("invalid_parameter", await _admin.RefusedAsync(400, "GET", Path + "/metrics?from=2026-01-02&to=2026-01-01"));
        Assert.Equal(7, (int)(await _admin.OkAsync("GET", Path))["metrics"]!["hour"]!["calls"]!);
    }

    [Fact]
    public async Task Plg45_Queue_TellsWhatWaitsSinceWhenAndWhatIsTriedAgain()
    {
        var accepted = DateTimeOffset.UnixEpoch.AddYears(50);
        foreach (var key in new[] { "a", "b" })
            await _admin.Queue.EnqueueAsync([new QueuedEvent { Tenant = 1, Key = key, Received = accepted, Body = "{}"u8.ToArray() }]);
        var first = (await _admin.Queue.ReadAsync(1, 0, 1))[0];
        await _admin.Queue.PostponeAsync(first with { Attempts = 1, NotBefore = accepted.AddHours(1) });
        await _admin.Queue.Post.AddAsync(
            new PostWork { Tenant = 1, Install = 1, Line = PostLine.Jobs, Method = "jobs.j", Created = accepted, Due = accepted, Attempts = 2, Body = "{}"u8.ToArray() });

        // Jobs wait for their time, which says nothing of how far the rest is behind.
        Assert.Null((await _admin.OkAsync("GET", "/v1/queue"))["items"]![0]!["post_oldest"]);
        await _admin.Queue.Post.AddAsync(
            new PostWork { Tenant = 1, Install = 1, Line = PostLine.Exports, Method = "exportEvents", Created = accepted.AddDays(1), Due = accepted, Body = "{}"u8.ToArray() });

        var queue = (await _admin.OkAsync("GET", "/v1/queue"))["items"]!.AsArray();

        Assert.Equal("2020-01-02T00:00:00.000Z", (string?)queue[0]!["post_oldest"]);
        Assert.Equal((4, "2020-01-01T00:00:00.000Z", 3, 2), ((int)queue[0]!["waiting"]!, (string?)queue[0]!["oldest"], (int)queue[0]!["in_flight"]!, (int)queue[0]!["retrying"]!));
        Assert.Null(queue[1]!["oldest"]);
        Assert.Equal(0, (int)queue[1]!["retrying"]!);
    }

    [Fact]
    public async Task Plg13_Storage_IsLookedAtAndChanged()
    {
        const string Path = "/v1/tenants/default/plugins/p/storage";
        foreach (var key in new[] { "a%2F1", "a%2F2", "b" })
            await _admin.OkAsync("PUT", $"{Path}/{key}", """{"n":1}""");

        Assert.Equal(["a/1", "a/2"], (await _admin.OkAsync("GET", Path + "?prefix=a%2F"))["items"]!.AsArray().Select(one => (string?)one!["key"]));
        Assert.Equal("a/1", (string?)(await _admin.OkAsync("GET", Path + "?limit=1"))["next"]);
        Assert.Equal("""{"key":"b","value":{"n":1}}""", (await _admin.OkAsync("GET", Path + "/b")).ToJsonString());
        await _admin.OkAsync("DELETE", Path + "/b");
        Assert.Equal("not_found", await _admin.RefusedAsync(404, "GET", Path + "/b"));
        Assert.Equal("invalid_json", await _admin.RefusedAsync(400, "PUT", Path + "/b", "{"));
        Assert.Equal("too_large", await _admin.RefusedAsync(413, "PUT", Path + "/" + new string('k', 600), "1"));
    }

    [Fact]
    public async Task Plg13_Uninstall_LeavesDataForADay_OrDeletesItAtOnce()
    {
        const string Path = "/v1/tenants/default/plugins/p";
        Assert.Equal("invalid_parameter", await _admin.RefusedAsync(400, "DELETE", Path + "?purge=later"));
        await _admin.OkAsync("DELETE", Path);
        Assert.Empty(_admin.Forgotten);
        var left = Assert.Single(_admin.Store.Current.Records.Values.OfType<LeftoverRecord>());
        Assert.Equal((1, "p"), (left.Tenant, left.Install));
        Assert.InRange(left.Due - TimeProvider.System.GetUtcNow(), TimeSpan.FromHours(23.9), TimeSpan.FromHours(24));

        await _admin.InstallAsync("export const processEvent = (event) => event");
        Assert.DoesNotContain(_admin.Store.Current.Records.Values, static record => record is LeftoverRecord);
        await _admin.OkAsync("DELETE", Path + "?purge=now");
        await _admin.OkAsync("DELETE", "/v1/tenants/acme?purge=now");
        Assert.Equal(["1 p", "2 "], _admin.Forgotten);
    }

    [Fact]
    public async Task Plg13_Cache_IsClearedOfOneInstall()
    {
        _admin.Cache.Set("p", "k", "v", null);
        _admin.Cache.Set("q", "k", "v", null);

        await _admin.OkAsync("POST", "/v1/tenants/default/plugins/p/cache/clear");

        Assert.False(_admin.Cache.TryGet("p", "k", out _));
        Assert.True(_admin.Cache.TryGet("q", "k", out _));
    }

    [Fact]
    public async Task Plg23_SetUpFile_IsAppliedOnDemandOrOnlyComparedWithWhatIs()
    {
        _admin.Applies = dryRun => Task.FromResult(new SetupOutcome([], [new SetupDifference(dryRun ? "change" : "create", "plugin acme/p", ["order"])]));
        Assert.Equal(
            """{"applied":false,"differences":[{"action":"change","object":"plugin acme/p","members":["order"]}]}""", (await _admin.OkAsync("POST", "/v1/config/apply?dry_run=1")).ToJsonString());
        Assert.True((bool)(await _admin.OkAsync("POST", "/v1/config/apply"))["applied"]!);
        _admin.Applies = static _ => Task.FromResult(new SetupOutcome(["plugins.json cannot be read"], []));
        Assert.Equal("invalid_config", await _admin.RefusedAsync(422, "POST", "/v1/config/apply"));
    }

    [Fact]
    public async Task Tenants_AreMadeChangedAndDeletedWithAllThatIsTheirs()
    {
        var made = await _admin.OkAsync("POST", "/v1/tenants", """{"name":"new","channel_prefix":"n."}""");
        Assert.Equal((3, "n."), ((int)made["id"]!, (string?)made["channel_prefix"]));
        Assert.Equal("in_use", await _admin.RefusedAsync(409, "POST", "/v1/tenants", """{"name":"new"}"""));
        Assert.Equal("m.", (string?)(await _admin.OkAsync("PATCH", "/v1/tenants/new", """{"channel_prefix":"m."}"""))["channel_prefix"]);
        await _admin.OkAsync("POST", "/v1/tenants/new/keys", "{}");
        await _admin.OkAsync("DELETE", "/v1/tenants/new");
        Assert.DoesNotContain(_admin.Store.Current.Keys, key => key.Tenant == 3);
        Assert.Equal(4, (int)(await _admin.OkAsync("POST", "/v1/tenants", """{"name":"newer"}"""))["id"]!);
    }

    private async Task<IEnumerable<string?>> TextsAsync(string path) => (await _admin.OkAsync("GET", path))["items"]!.AsArray().Select(line => (string?)line!["text"]);

    private Task BuryAsync(string name) => BuryAsync($$"""{"event":"{{name}}","distinct_id":"d"}""", new DeadLetterReason("chain", 1, "Error: no", "at index.js:1"));

    private async Task BuryAsync(string body, DeadLetterReason reason)
    {
        var queued = new QueuedEvent { Tenant = 1, Key = "d", Received = TimeProvider.System.GetUtcNow(), Body = Encoding.UTF8.GetBytes(body) };
        Assert.Equal(EnqueueOutcome.Stored, await _admin.Queue.EnqueueAsync([queued]));
        var stored = Assert.Single(await _admin.Queue.ReadAsync(1, 0, 10));
        await _admin.Queue.BuryAsync(stored, reason);
    }
}
