using System.Text;
using System.Text.Json.Nodes;
using GripProxy.Plugins.Queue;
using GripProxy.Plugins.Tenants;

namespace GripProxy.Plugins.Tests.Admin;

/// <summary>What game days ask of the events of a tenant (plugins-gameday.md §1, §3).</summary>
public sealed class EventApiTests : IAsyncLifetime
{
    private TestAdmin _admin = null!; // Set before each test.

    public async Task InitializeAsync() => _admin = await TestAdmin.StartAsync();

    public async Task DisposeAsync() => await _admin.DisposeAsync();

    [Fact]
    public async Task PLG52_Record_TellsAcceptedEventsAndEndsWithTheirNumber()
    {
        using var answer = await _admin.SendAsync("GET", "/v1/tenants/default/events/record?for=2");
        using var reader = new StreamReader(await answer.Content.ReadAsStreamAsync());
        // It listens from its first line on.
        Assert.Equal("", await reader.ReadLineAsync());
        _admin.Accepted.Take(Tenant("default", 1), [Event("anna", 1), Event("bert", 1)]);
        _admin.Accepted.Take(Tenant("acme", 2), [Event("carl", 2)]);

        var lines = (await reader.ReadToEndAsync()).Split('\n');

        // In so short a time there is no empty line in between.
        Assert.Equal(["""{"distinct_id":"anna"}""", """{"distinct_id":"bert"}""", """{"$recorded":2,"$left_out":0}""", ""], lines);
        var audit = (await _admin.OkAsync("GET", "/v1/audit"))["items"]!.AsArray();
        Assert.Equal(("events.record", "default"), ((string?)audit[^1]!["action"], (string?)audit[^1]!["object"]));
    }

    [Fact]
    public async Task PLG52_Record_IsForOperatorsAndForSoLong()
    {
        Assert.Equal(403, (await _admin.AskAsync("GET", "/v1/tenants/acme/events/record", token: TestAdmin.Acme)).Status);
        Assert.Equal("invalid_parameter", await _admin.RefusedAsync(400, "GET", "/v1/tenants/default/events/record?for=0"));
        Assert.Equal("invalid_parameter", await _admin.RefusedAsync(400, "GET", "/v1/tenants/default/events/record?sample=2"));
    }

    [Fact]
    public void PLG52_Sample_HasAllEventsOfSomeUsers()
    {
        using var tap = _admin.Accepted.Follow(1, 0.25);
        for (var i = 0; i < 2000; i++)
            _admin.Accepted.Take(Tenant("default", 1), [Event($"user-{i % 1000}", 1)]);

        var users = new Dictionary<string, int>();
        while (tap.Events.TryRead(out var one))
            users[Encoding.UTF8.GetString(one.Span)] = users.GetValueOrDefault(Encoding.UTF8.GetString(one.Span)) + 1;

        Assert.InRange(users.Count, 200, 300);
        Assert.All(users, static user => Assert.Equal(2, user.Value));
    }

    [Fact]
    public void PLG52_ReaderThatIsFarBehind_LosesEventsAndIsToldHowMany()
    {
        using var tap = _admin.Accepted.Follow(1, 1);
        var large = new QueuedEvent { Tenant = 1, Key = "a", Received = DateTimeOffset.UnixEpoch, Body = new byte[9 * 1024 * 1024] };

        _admin.Accepted.Take(Tenant("default", 1), [large, large]);

        Assert.Equal(1, tap.LeftOut);
        Assert.True(tap.Events.TryRead(out _));
    }

    [Fact]
    public async Task PLG50_Peaks_HaveTheBusiestMinuteOfEachDay()
    {
        Assert.Empty((await _admin.OkAsync("GET", "/v1/tenants/default/events/peaks"))["items"]!.AsArray());
        _admin.Use.Metrics.Peak(50);
        _admin.Use.Metrics.Peak(20);
        var kept = _admin.Use.Metrics.TakeChanged();

        var peaks = (await _admin.OkAsync("GET", "/v1/tenants/default/events/peaks"))["items"]!.AsArray();

        Assert.Equal(50, (int)Assert.Single(peaks)!["events_in_a_minute"]!);
        // They are no metric of a plugin, neither now nor when they come back from the file.
        _admin.Use.Metrics.Fill(kept);
        Assert.Empty(_admin.Use.Metrics.OwnOfToday());
    }

    [Fact]
    public async Task PLG52_Seed_MakesProfilesOfATestTenantOnly()
    {
        const string Lines = """
            {"event": "a", "distinct_id": "u1", "properties": {"$set": {"plan": "pro"}, "$set_once": {"since": 2020}}}
            {"event": "b", "distinct_id": "u1", "properties": {"$set_once": {"since": 2026}}}
            {"event": "c", "distinct_id": "u2", "properties": {}}
            """;
        Assert.Equal("in_use", await _admin.RefusedAsync(409, "POST", "/v1/tenants/default/profiles", Lines));
        await _admin.OkAsync("PATCH", "/v1/tenants/default", """{"test": true}""");

        var answer = await _admin.OkAsync("POST", "/v1/tenants/default/profiles", Lines);

        Assert.Equal(2, (int)answer["learned"]!);
        Assert.Equal("""{"since":2020,"plan":"pro"}""", Encoding.UTF8.GetString(_admin.Profiles.Get(1, "u1")!));
        Assert.Null(_admin.Profiles.Get(1, "u2"));
        Assert.Equal("invalid_json", await _admin.RefusedAsync(400, "POST", "/v1/tenants/default/profiles", "{"));
    }

    private static Tenant Tenant(string name, int number) => new() { Name = name, Number = number, ChannelPrefix = name + "." };

    private static QueuedEvent Event(string user, int tenant) => new()
    {
        Tenant = tenant,
        Key = user,
        Received = DateTimeOffset.UnixEpoch,
        Body = Encoding.UTF8.GetBytes(new JsonObject { ["distinct_id"] = user }.ToJsonString()),
    };
}
