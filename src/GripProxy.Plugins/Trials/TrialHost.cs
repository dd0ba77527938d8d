using System.Text.Json;
using System.Text.Json.Nodes;
using GripProxy.Plugins.Engine;
using GripProxy.Plugins.Metrics;
using GripProxy.Plugins.Services;
using GripProxy.Plugins.Services.Cache;
using GripProxy.Plugins.Supervision;
using GripProxy.Plugins.Tenants;
using GripProxy.Protocol.Items;

namespace GripProxy.Plugins.Trials;

/// <summary>
/// What plugins find around them while they are tried: empty stores that go with the trial, and a record of everything else instead of the deed. Owned by
/// one trial.
/// </summary>
internal sealed class TrialHost : ICellHost, IDisposable
{
    // As in service: a loop shall be seen here too.
    private const int PublishesPerSecond = 1000;

    private readonly StorageDatabase _database = new(":memory:");
    private readonly Dictionary<int, Install> _installs;
    private readonly ITrialNetwork _network;
    private readonly HostServices _services;
    private volatile TrialRecord _record = new();

    /// <summary>Knows the plugins.</summary>
    public TrialHost(TrialRequest request, TimeProvider time)
    {
        _installs = request.Installs.ToDictionary(install => install.Number);
        _network = request.Network;
        _services = new HostServices(
            new GripPublishing(request.Tenant, PublishesPerSecond, Publish, time).Operations,
            new StorageOperations(new TenantStorage(request.Tenant.Number, _database)).Operations,
            new CacheOperations(new LocalCache(new TenantCache(time))).Operations,
            new TenantProfiles(request.Tenant.Number, null).Operations,
            new PluginMetrics(request.Tenant.Name, time).Operations,
            new TenantFacts(request.Tenant, static _ => 0).Operations,
            new Dictionary<string, HostOperation>(StringComparer.Ordinal)
            {
                ["fetch"] = FetchAsync,
                ["fetch.abort"] = static (_, _) => ValueTask.FromResult(HostAnswer.Nothing),
                ["geoip.locate"] = static (_, _) => ValueTask.FromResult(new HostAnswer("null"u8.ToArray())),
                ["posthog.capture"] = CaptureAsync,
                ["posthog.surplus"] = CaptureAsync,
                ["jobs.enqueue"] = EnqueueAsync,
            });
    }

    /// <summary>From now on, everything is noted there.</summary>
    public void NoteIn(TrialRecord record) => _record = record;

    /// <inheritdoc/>
    public void Log(int install, string level, string text)
    {
        var of = _installs.GetValueOrDefault(install);
        _record.Log(of?.Name ?? "unknown", level, SecretMask.Hide(of, text));
    }

    /// <inheritdoc/>
    public ValueTask<HostAnswer> RequestAsync(int install, string operation, JsonElement arguments) => _installs.GetValueOrDefault(install) is { } asking
        ? _services.HandleAsync(asking, operation, arguments)
        : ValueTask.FromResult(HostAnswer.Failed("Error", "there is no such plugin"));

    /// <inheritdoc/>
    public void Dispose() => _database.Dispose();

    private void Publish(IReadOnlyList<Item> items)
    {
        foreach (var item in items)
            _record.Publish(ItemJson.Of(item));
    }

    private async ValueTask<HostAnswer> FetchAsync(Install install, JsonElement arguments)
    {
        var record = _record;
        var shown = new JsonObject { ["method"] = CellJson.Text(arguments, "method"), ["url"] = CellJson.Text(arguments, "url") };
        var answer = await _network.FetchAsync(install, arguments, shown);
        record.Request(shown);
        return answer;
    }

    private ValueTask<HostAnswer> CaptureAsync(Install install, JsonElement arguments)
    {
        // A surplus event is one whole; a captured one is its name and properties.
        var captured = CellJson.Find(arguments, "event") is { ValueKind: JsonValueKind.Object } whole ? Node(whole) : Node(arguments);
        foreach (var inner in (string[])["ticket", "index"])
            captured.Remove(inner);
        _record.Capture(captured);
        return ValueTask.FromResult(HostAnswer.Nothing);
    }

    private ValueTask<HostAnswer> EnqueueAsync(Install install, JsonElement arguments)
    {
        _record.Log(install.Name, "info", $"would enqueue the job {arguments.GetRawText()}");
        return ValueTask.FromResult(HostAnswer.Nothing);
    }

    private static JsonObject Node(JsonElement element) => JsonNode.Parse(element.GetRawText())!.AsObject(); // An object.
}
