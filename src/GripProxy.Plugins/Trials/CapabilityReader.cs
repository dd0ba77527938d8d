using System.Text.Json.Nodes;
using GripProxy.Plugins.Engine;
using GripProxy.Plugins.Packages;
using GripProxy.Plugins.Supervision;

namespace GripProxy.Plugins.Trials;

/// <summary>Finds out what a package exports, in a process of its own and without calling anything (plugins-http.md §4.2). Immutable.</summary>
internal sealed class CapabilityReader(WorkerLaunch launch, WorkerLimits limits, PackageCompiler compiler, TimeProvider time)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>Compiles and loads.</summary>
    /// <returns>The member <c>capabilities</c>, or why there is none.</returns>
    /// <exception cref="WorkerEndedException">No process could be started.</exception>
    public async Task<(JsonObject? Capabilities, CompileProblem? Problem)> ReadAsync(PluginPackage package)
    {
        var compiled = await compiler.CompileAsync(package);
        if (compiled.Code is not { } code)
            return (null, compiled.Problem);
        if (package.Site is not null && await compiler.CompileSiteAsync(package) is { Problem: { } wrong })
            return (null, wrong);
        await using var cell = await Cell.StartAsync(launch, limits, new SilentHost(), time);
        try
        {
            var loaded = await cell.LoadAsync(new PluginCopy { Number = 1, Install = 1, Name = package.Name, Code = code }).WaitAsync(Patience, time);
            return loaded.Capabilities is { } found
                ? (Describe(found, code), null)
                : (null, Wrong(package, $"{loaded.Error!.Name}: {loaded.Error.Message}")); // One of the two is there.
        }
        catch (TimeoutException)
        {
            return (null, Wrong(package, $"its modules did not end within {Patience.TotalSeconds} s"));
        }
        catch (WorkerEndedException e)
        {
            return (null, Wrong(package, e.Message));
        }
    }

    private static CompileProblem Wrong(PluginPackage package, string message) => new("load_error", message, package.Main, null, null, null);

    private static JsonObject Describe(PluginCapabilities found, PluginCode code) => new()
    {
        ["methods"] = List(found.Methods.Where(name => !IsTask(name))),
        ["scheduled_tasks"] = List(found.Methods.Where(IsTask)),
        ["jobs"] = List(found.Jobs),
        ["functions"] = List(found.Functions),
        ["runs"] = List(found.Runs),
        ["imports"] = List(code.Imports),
    };

    private static bool IsTask(string method) => method.StartsWith("runEvery", StringComparison.Ordinal);

    private static JsonArray List(IEnumerable<string> names) => [.. names.Select(name => (JsonNode)name)];

    /// <summary>Nothing is called, so nothing is asked for that matters.</summary>
    private sealed class SilentHost : ICellHost
    {
        public void Log(int install, string level, string text)
        {
            // What a module says while it is loaded is said again in service.
        }

        public ValueTask<HostAnswer> RequestAsync(int install, string operation, System.Text.Json.JsonElement arguments) =>
            ValueTask.FromResult(HostAnswer.Failed("Error", "nothing is offered while a module is loaded"));
    }
}
