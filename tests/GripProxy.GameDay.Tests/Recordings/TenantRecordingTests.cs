using System.Collections.Concurrent;
using GripProxy.GameDay.Recordings;

namespace GripProxy.GameDay.Tests.Recordings;

/// <summary>Events out of a tenant, and into what a test tenant knows (plugins-gameday.md §3).</summary>
public sealed class TenantRecordingTests : IAsyncLifetime
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("gripproxy-recording-");
    private readonly StringWriter _output = new();
    private readonly StringWriter _error = new();
    private FakeTarget _target = null!; // Set before each test.

    public async Task InitializeAsync() => _target = await FakeTarget.StartAsync();

    public async Task DisposeAsync()
    {
        await _target.DisposeAsync();
        await _output.DisposeAsync();
        await _error.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    [Fact]
    public async Task PLG52_Record_WritesNothingOfAPerson()
    {
        _target.Admin = static (about, _) => about == "GET v1/tenants/t/events/record?for=90&sample=0.5"
            ? "\n" + """{"event":"seen","distinct_id":"anna@shop.test","ip":"93.184.216.34","properties":{"price":12.5,"note":"call +49 30 1234567"}}""" + "\n\n" + """{"$recorded":1,"$left_out":2}""" + "\n"
            : null;
        var file = Path.Combine(_folder.FullName, "out.ndjson.gz");

        var code = await Tool().RecordAsync(Access(), new RecordOptions { Out = file, Length = TimeSpan.FromSeconds(90), Sample = 0.5 }, CancellationToken.None);

        Assert.Equal((0, ""), (code, _error.ToString()));
        var one = Assert.Single(EventFile.Read(file));
        Assert.Equal(("seen", "12.5", "93.184.0.0"), (one["event"]!.ToString(), one["properties"]!["price"]!.ToJsonString(), one["ip"]!.ToString()));
        Assert.DoesNotContain("anna", one.ToJsonString(), StringComparison.Ordinal);
        Assert.DoesNotContain("1234567", one.ToJsonString(), StringComparison.Ordinal);
        Assert.StartsWith($"1 events -> {file}; 2 were left out", _output.ToString(), StringComparison.Ordinal);
        Assert.Contains("distinct_id", _output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task PLG52_RecordThatEndsEarly_IsSaidAndKeepsWhatCame()
    {
        _target.Admin = static (about, _) => about.StartsWith("GET v1/tenants/t/events/record", StringComparison.Ordinal) ? """{"event":"seen","distinct_id":"u"}""" + "\n" : null;
        var file = Path.Combine(_folder.FullName, "out.ndjson");

        Assert.Equal(1, await Tool().RecordAsync(Access(), new RecordOptions { Out = file, Length = TimeSpan.FromSeconds(1) }, CancellationToken.None));

        Assert.Equal($"error: the recording ended before its time; {file} has what came until then", _error.ToString().Trim());
        Assert.Single(EventFile.Read(file));
    }

    [Fact]
    public async Task PLG52_Seed_StoresProfilesAndTheLastEventsOfEachUser()
    {
        var asked = new ConcurrentQueue<(string About, string Body)>();
        _target.Admin = (about, body) =>
        {
            if (!about.StartsWith("GET", StringComparison.Ordinal))
                asked.Enqueue((about, body));
            return about == "POST v1/tenants/t/profiles" ? """{"learned":2}""" : null;
        };
        var file = Path.Combine(_folder.FullName, "in.ndjson");
        await File.WriteAllLinesAsync(file, Enumerable.Range(0, 120).Select(static i => $$$"""{"event":"e{{{i}}}","distinct_id":"u/{{{i % 110 / 109}}}","properties":{}}"""));

        var code = await Tool().SeedAsync(Access(), file, rules: null, "campaign", CancellationToken.None);

        Assert.Equal((0, ""), (code, _error.ToString()));
        Assert.Equal("120 events: 2 said something for profiles; 2 users have their last events in the storage of campaign", _output.ToString().Trim());
        Assert.Equal(["POST v1/tenants/t/profiles", "PUT v1/tenants/t/plugins/campaign/storage/history%2Fu%2F0", "PUT v1/tenants/t/plugins/campaign/storage/history%2Fu%2F1"], asked.Select(static one => one.About));
        var history = System.Text.Json.Nodes.JsonNode.Parse(asked.ElementAt(1).Body)!.AsArray();
        Assert.Equal((100, "e119"), (history.Count, history[^1]!["event"]!.ToString()));
    }

    [Fact]
    public async Task PLG52_Seed_OfATenantThatIsNoTest_IsRefused()
    {
        _target.Tenant = """{"name": "t"}""";
        var file = Path.Combine(_folder.FullName, "in.ndjson");
        await File.WriteAllTextAsync(file, """{"event":"e","distinct_id":"u"}""");

        Assert.Equal(1, await Tool().SeedAsync(Access(), file, rules: null, plugin: null, CancellationToken.None));

        Assert.Contains("not marked as a test", _error.ToString(), StringComparison.Ordinal);
    }

    private GameDayTool Tool() => new(_output, _error, static _ => null, TimeProvider.System);

    private TenantAccess Access() => new(new Uri(_target.Url), "", "t");
}
