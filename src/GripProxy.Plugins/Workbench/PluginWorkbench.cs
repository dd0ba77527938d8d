using System.Text.Json;
using System.Text.Json.Nodes;
using GripProxy.Plugins.Engine;
using GripProxy.Plugins.Events;
using GripProxy.Plugins.Packages;
using GripProxy.Plugins.Routing;
using GripProxy.Plugins.Supervision;
using GripProxy.Plugins.Tenants;
using GripProxy.Plugins.Trials;

namespace GripProxy.Plugins.Workbench;

/// <summary>
/// What writers of plugins do on their own machine, without a server (plugins-http.md §6, PLG-22): begin one, check it, try events on it, pack it. Owned by
/// one command.
/// </summary>
public sealed class PluginWorkbench : IDisposable
{
    private readonly DirectoryInfo _data = Directory.CreateTempSubdirectory("gripproxy-plugin-");
    private readonly PackageCompiler _compiler;
    private readonly WorkerLaunch _launch;
    private readonly TimeProvider _time;

    private PluginWorkbench(RuntimeLocation runtime, string productFolder, TimeProvider time)
    {
        _launch = new WorkerLaunch { Runtime = runtime, Programs = Path.Combine(productFolder, "worker"), Data = _data.FullName };
        _compiler = new PackageCompiler(new PluginCompiler(_launch, time));
        _time = time;
    }

    /// <summary>Looks for the runtime.</summary>
    /// <param name="runtimePath">The Deno program, or empty: it is looked for.</param>
    /// <param name="productFolder">Folder of the program.</param>
    /// <param name="searchPath">The environment's PATH.</param>
    /// <param name="time">The clock.</param>
    /// <param name="error">What is missing and how to install it, or empty.</param>
    public static PluginWorkbench? Open(string runtimePath, string productFolder, string searchPath, TimeProvider time, out string error) =>
        new RuntimeSearch(runtimePath, productFolder, searchPath).Find(out error) is { } runtime ? new PluginWorkbench(runtime, productFolder, time) : null;

    /// <summary>Writes the first files of a plugin.</summary>
    /// <param name="folder">A folder that is empty or not there.</param>
    /// <param name="typeScript">True for TypeScript.</param>
    public static WorkbenchResult Create(string folder, bool typeScript)
    {
        try
        {
            if (Directory.Exists(folder) && Directory.EnumerateFileSystemEntries(folder).Any())
                return WorkbenchResult.Failed($"{folder} is not empty; name a folder that is not there yet");
            var written = new JsonArray();
            foreach (var (name, text) in StarterFiles.For(Path.GetFileName(Path.GetFullPath(folder)), typeScript))
            {
                var path = Path.Combine(folder, name);
                Directory.CreateDirectory(Path.GetDirectoryName(path)!); // It lies in the folder.
                File.WriteAllText(path, text);
                written.Add((JsonNode)name);
            }

            return new WorkbenchResult(new JsonObject { ["folder"] = folder, ["files"] = written }, []);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return WorkbenchResult.Failed($"{folder} cannot be written: {e.Message}");
        }
    }

    /// <summary>Writes a plugin's folder into an archive.</summary>
    /// <param name="folder">Folder of the plugin.</param>
    /// <param name="archive">The file, or null: its name and version in the current folder.</param>
    public static WorkbenchResult Pack(string folder, string? archive)
    {
        try
        {
            var package = PluginPackage.Read(PackageFolder.Read(folder));
            var path = archive ?? $"{FileName(package.Name)}-{FileName(package.Version)}.zip";
            var bytes = PackageWriter.Zip(package.Files);
            if (bytes.Length > PackageLimits.ArchiveBytes)
                return WorkbenchResult.Failed($"the archive has {bytes.Length} bytes; {PackageLimits.ArchiveBytes} are allowed");
            File.WriteAllBytes(path, bytes);
            return new WorkbenchResult(new JsonObject { ["archive"] = path, ["bytes"] = bytes.Length, ["files"] = package.Files.Paths.Count, ["hash"] = package.Files.Hash }, []);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return WorkbenchResult.Failed(e.Message);
        }
    }

    /// <summary>A plugin's folder as an archive.</summary>
    /// <param name="folder">Folder or archive of the plugin.</param>
    public static WorkbenchArchive Zip(string folder)
    {
        try
        {
            return new WorkbenchArchive(PackageWriter.Zip(PluginPackage.Read(PackageFolder.Read(folder)).Files), null);
        }
        catch (PackageException e)
        {
            return new WorkbenchArchive(null, e.Message);
        }
    }

    /// <summary>Reads, compiles and loads a plugin without calling anything of it.</summary>
    /// <param name="folder">Folder or archive of the plugin.</param>
    public async Task<WorkbenchResult> CheckAsync(string folder)
    {
        try
        {
            var package = PluginPackage.Read(PackageFolder.Read(folder));
            var (capabilities, problem) = await new CapabilityReader(_launch, new WorkerLimits(), _compiler, _time).ReadAsync(package);
            var json = PackageJson.Of(package);
            json["capabilities"] = capabilities;
            json["error"] = problem is null ? null : PackageJson.Of(problem);
            return new WorkbenchResult(json, problem is null ? [] : [problem.ToString()]);
        }
        catch (Exception e) when (e is PackageException or WorkerEndedException)
        {
            return WorkbenchResult.Failed(e.Message);
        }
    }

    /// <summary>Sends events through a plugin and compares what comes of them with what was expected.</summary>
    public async Task<WorkbenchResult> TestAsync(WorkbenchTest test)
    {
        try
        {
            var package = PluginPackage.Read(PackageFolder.Read(test.Plugin));
            var files = new TestFiles(test, package.Files);
            var events = files.Events();
            var expected = files.Expected();
            var attachments = files.Attachments();
            var network = new MockedNetwork(files.Mocks());
            var config = ConfigValues.Complete(package.Manifest.Config, files.Config());
            List<string> problems = [.. files.Problems];
            problems.AddRange(ConfigValues.Check(package.Manifest.Config, config, attachments).Select(pair => $"config {pair.Key}: {pair.Value}"));
            var tenant = new Tenant { Name = "default", Number = 1, ChannelPrefix = "", Routes = Routes(package, problems) };
            if (problems.Count > 0)
                return new WorkbenchResult(null, problems);
            var install = new Install { Number = 1, Name = package.Name, Package = package, Enabled = true, Config = config, Attachments = attachments };
            var outcome = await new TrialRunner(_launch, new WorkerLimits(), _compiler, _time).RunAsync(
                new TrialRequest { Installs = [install], Events = events, Tenant = tenant, GoesOn = true, Network = network });
            return Report(events, expected, outcome);
        }
        catch (Exception e) when (e is PackageException or WorkerEndedException)
        {
            return WorkbenchResult.Failed(e.Message);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _data.Delete(recursive: true);

    // An install without routes of its own has those that its plugin suggests.
    private static IReadOnlyList<ChannelRoute> Routes(PluginPackage package, List<string> problems) =>
        package.Manifest.Routes is { } routes ? new RouteReader(problems).ReadAll(routes, "plugin.json.routes") : [ChannelRoute.Default];

    private static WorkbenchResult Report(IReadOnlyList<JsonElement> events, IReadOnlyList<JsonObject>? expected, TrialOutcome outcome)
    {
        var setup = new JsonObject();
        outcome.Setup.WriteTo(setup);
        var failure = outcome.Problem?.ToString() ?? (outcome.Error is { } error ? Text(error) : null);
        var results = new JsonArray();
        var json = new JsonObject { ["setup"] = setup, ["error"] = failure, ["results"] = results };
        if (failure is not null)
            return new WorkbenchResult(json, [failure]);
        List<string> problems = [];
        foreach (var (result, index) in outcome.Results.Select((result, index) => (result.ToJson(withSteps: false), index)))
        {
            var (kind, name) = Name(events[index]);
            result.Insert(0, "kind", kind);
            result.Insert(1, "event", name);
            results.Add((JsonNode)result);
            if (expected is not null && index < expected.Count)
                problems.AddRange(Expectations.Differences(expected[index], result).Select(difference => $"{kind} {index + 1}: {difference}"));
        }

        if (expected is not null && expected.Count != events.Count)
            problems.Add($"there are {events.Count} events and {expected.Count} expectations");
        return new WorkbenchResult(json, problems);
    }

    // What stands in place of an event has a name too.
    private static (string Kind, string? Name) Name(JsonElement line)
    {
        foreach (var member in (string[])["event", "task", "job"])
        {
            if (line.ValueKind == JsonValueKind.Object && line.TryGetProperty(member, out var name) && name.ValueKind == JsonValueKind.String)
                return (member, CleanJson.Text(name));
        }

        return ("event", null);
    }

    private static string Text(PluginError error) => error.Stack.Length > 0 ? error.Stack : $"{error.Name}: {error.Message}";

    private static string FileName(string text) => string.Concat(text.Select(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_' ? c : '-'));
}
