using System.Text.Json;
using System.Text.Json.Nodes;
using GripProxy.Plugins.Admin.Http;
using GripProxy.Plugins.Engine;
using GripProxy.Plugins.Packages;
using GripProxy.Plugins.State;
using GripProxy.Plugins.Tenants;
using GripProxy.Plugins.Trials;

namespace GripProxy.Plugins.Admin.Resources;

/// <summary>Events through plugins without anything coming of it (plugins-http.md §4.5).</summary>
internal sealed class TrialResource(AdminParts parts, AdminScope scope)
{
    private const int MostEvents = 100;

    /// <summary>The endpoints.</summary>
    public IEnumerable<AdminEndpoint> Endpoints =>
    [
        new("POST", "tenants/{t}/plugins/{id}/test", TryInstallAsync),
        new("POST", "tenants/{t}/packages/{hash}/test", TryPackageAsync),
        new("POST", "tenants/{t}/pipeline/test", TryAllAsync),
    ];

    private async Task<AdminAnswer> TryInstallAsync(AdminRequest request)
    {
        var tenant = scope.Tenant(request);
        var record = scope.Install(request, tenant);
        var body = await request.ReadObjectAsync("events", "config", "mode", "fetch", "mocks");
        var install = await ReadAsync(record);
        if (AdminJson.Object(body, "config") is { } config)
            install = install with { Config = ConfigValues.Complete(install.Package.Manifest.Config, ConfigMask.Restore(install.Package.Manifest.Config, record.Config, config)) };
        return await TryAsync(tenant, [install], body, withSteps: false);
    }

    private async Task<AdminAnswer> TryPackageAsync(AdminRequest request)
    {
        var tenant = scope.Tenant(request);
        var record = scope.Package(request, tenant);
        var body = await request.ReadObjectAsync("events", "config", "mode", "fetch", "mocks");
        var package = await ReadPackageAsync(record.Hash);
        var install = new Install
        {
            Number = 1, Name = package.Name, Package = package, Enabled = true, Config = ConfigValues.Complete(package.Manifest.Config, AdminJson.Object(body, "config") ?? []),
        };
        return await TryAsync(tenant, [install], body, withSteps: false);
    }

    private async Task<AdminAnswer> TryAllAsync(AdminRequest request)
    {
        var tenant = scope.Tenant(request);
        var body = await request.ReadObjectAsync("events", "mode", "fetch", "mocks");
        List<Install> installs = [];
        foreach (var record in parts.Store.Current.InstallsOf(tenant.Number).Where(install => install.Enabled))
            installs.Add(await ReadAsync(record));
        return await TryAsync(tenant, installs, body, withSteps: true);
    }

    private async Task<AdminAnswer> TryAsync(TenantRecord tenant, IReadOnlyList<Install> installs, JsonObject body, bool withSteps)
    {
        var events = AdminJson.List(body, "events") ?? throw AdminJson.Wrong("events", "a list of events");
        if (events.Count is 0 or > MostEvents)
            throw new AdminRefusalException(AdminProblem.Invalid($"'events' has {events.Count} events, expected 1 to {MostEvents}"));
        var mode = AdminJson.Text(body, "mode") ?? "process";
        if (mode is not ("process" or "all"))
            throw new AdminRefusalException(AdminProblem.Invalid($"'mode' is '{mode}', expected process or all"));
        var mocks = AdminJson.List(body, "mocks") ?? [];
        if (mocks.Any(mock => mock is not JsonObject))
            throw AdminJson.Wrong("mocks", "a list of objects");
        var network = Network(tenant.Name, AdminJson.Text(body, "fetch") ?? (mocks.Count > 0 ? "mock" : "real"), mocks);
        using var place = parts.Places.Take(tenant);
        using var sent = JsonDocument.Parse(events.ToJsonString(), new JsonDocumentOptions { MaxDepth = 1000 });
        TrialOutcome outcome;
        try
        {
            outcome = await parts.Trials.RunAsync(new TrialRequest { Installs = installs, Events = [.. sent.RootElement.EnumerateArray()], Tenant = SettingsCheck.Tenant(tenant.Name, tenant.Number, tenant.Settings), GoesOn = mode == "all", Network = network });
        }
        catch (WorkerEndedException e)
        {
            throw new AdminRefusalException(AdminProblem.Unavailable($"no process can be started: {e.Message}"));
        }

        if (outcome.Problem is { } problem)
            throw new AdminRefusalException(AdminProblem.Answer(422, "compile_error", "Does not compile", $"{outcome.Plugin}: {problem}", PackageJson.Of(problem)));
        if (outcome.Error is { } error)
            throw new AdminRefusalException(AdminProblem.Answer(422, "plugin_error", "Set-up failed", $"{outcome.Plugin}: {error.Name}: {error.Message}", TrialResult.Describe(error)));
        var setup = new JsonObject();
        outcome.Setup.WriteTo(setup);
        return AdminAnswer.Json(new JsonObject { ["setup"] = setup, ["results"] = new JsonArray([.. outcome.Results.Select(result => (JsonNode)result.ToJson(withSteps))]) });
    }

    private ITrialNetwork Network(string tenant, string kind, JsonArray mocks) => kind switch
    {
        "mock" => new MockedNetwork([.. mocks.OfType<JsonObject>()]),
        "real" => new RealNetwork(parts.FetchOf(tenant)),
        _ => throw new AdminRefusalException(AdminProblem.Invalid($"'fetch' is '{kind}', expected real or mock")),
    };

    private async Task<Install> ReadAsync(InstallRecord record)
    {
        var package = await ReadPackageAsync(record.Package);
        Dictionary<string, PluginAttachment> attachments = new(StringComparer.Ordinal);
        foreach (var (key, file) in record.Attachments)
        {
            if (await parts.Store.ReadFileAsync(file.Id) is { } contents)
                attachments[key] = new PluginAttachment(file.ContentType, file.FileName, contents);
        }

        var install = new Install
        {
            Number = record.Number,
            Name = record.Name,
            Package = package,
            Order = record.Order,
            Enabled = true,
            Config = ConfigValues.Complete(package.Manifest.Config, record.Config),
            Attachments = attachments,
        };
        return SettingsCheck.Install(install, record.Settings);
    }

    private async Task<PluginPackage> ReadPackageAsync(string hash) =>
        await parts.Store.ReadPackageAsync(hash) ?? throw new AdminRefusalException(AdminProblem.NotFound($"there is no package {hash}"));
}
