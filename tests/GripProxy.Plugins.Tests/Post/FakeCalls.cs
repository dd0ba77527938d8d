using System.Collections.Concurrent;
using System.Text;
using System.Text.Json.Nodes;
using System.Threading.Channels;
using GripProxy.Plugins.Engine;
using GripProxy.Plugins.Packages;
using GripProxy.Plugins.Post;
using GripProxy.Plugins.Tenants;

namespace GripProxy.Plugins.Tests.Post;

/// <summary>Plugins that a test answers for. Owned by one test.</summary>
internal sealed class FakeCalls : IPluginCalls
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly Channel<(int Install, string Method, string Argument)> _calls = Channel.CreateUnbounded<(int, string, string)>();
    private readonly Dictionary<int, CallablePlugin> _plugins = [];

    public Action Changed { get; set; } = static () => { };

    public IReadOnlyList<CallablePlugin> Plugins
    {
        get
        {
            lock (_plugins)
                return [.. _plugins.Values];
        }
    }

    /// <summary>How deep the events of calls stand.</summary>
    public ConcurrentQueue<int> Depths { get; } = new();

    /// <summary>Which attempts calls were, and of how many.</summary>
    public ConcurrentQueue<(int Attempt, int Attempts)> Turns { get; } = new();

    public List<int> Strikes { get; } = [];

    /// <summary>What was noted in the logs of installs.</summary>
    public ConcurrentQueue<(int Install, string Text)> Notes { get; } = new();

    /// <summary>What plugins give; by default nothing.</summary>
    public Func<int, string, string, Task<CallResult?>> Answer { get; set; } = static (_, _, _) => Task.FromResult<CallResult?>(Nothing);

    public static CallResult Nothing { get; } = new("null"u8.ToArray(), null);

    public static CallResult Threw(string name, string message) => new(default, new PluginError(name, message, $"{name}: {message}\n    at index.js:1:1"));

    /// <summary>There is an install with these functions.</summary>
    public FakeCalls With(int number, string[] methods, string config = "{}", bool mayRun = true, string[]? jobs = null, (string Name, string Cron)[]? schedules = null,
        string source = "exports.processEvent = (event) => event", bool known = true, string manifest = "{}")
    {
        var install = new Install
        {
            Number = number,
            Name = $"p{number}",
            Package = PluginPackage.Read(PackageFiles.Create([new("index.js", Encoding.UTF8.GetBytes(source)), new("plugin.json", Encoding.UTF8.GetBytes(manifest))]), inline: true),
            Enabled = true,
            Config = JsonNode.Parse(config)!.AsObject(),
        };
        lock (_plugins)
            _plugins[number] = new CallablePlugin(install, mayRun, !known ? null : new PluginCapabilities { Methods = methods, Jobs = jobs ?? [], Schedules = [.. (schedules ?? []).Select(task => new CronTask(task.Name, task.Cron))] });
        Changed();
        return this;
    }

    /// <summary>An install is another one now.</summary>
    public void Change(int number, Func<Install, Install> change)
    {
        lock (_plugins)
            _plugins[number] = _plugins[number] with { Install = change(_plugins[number].Install) };
        Changed();
    }

    public void Remove(int number)
    {
        lock (_plugins)
            _plugins.Remove(number);
        Changed();
    }

    /// <summary>The next call.</summary>
    public async Task<(int Install, string Method, string Argument)> CalledAsync() => await _calls.Reader.ReadAsync().AsTask().WaitAsync(Patience);

    /// <summary>True if something was called that nobody asked about yet.</summary>
    public bool HasMore => _calls.Reader.TryPeek(out _);

    public bool TryCalled(out int install)
    {
        var called = _calls.Reader.TryRead(out var call);
        install = call.Install;
        return called;
    }

    public Func<int, bool> Loaded { get; init; } = static _ => true;

    public bool IsLoaded(int install) => Loaded(install);

    public Func<Task> Load { get; set; } = static () => Task.CompletedTask;

    public Task LoadAsync() => Load();

    public async Task<CallResult?> CallAsync(int install, string method, CallTurn turn, params IReadOnlyList<ReadOnlyMemory<byte>> arguments)
    {
        var argument = arguments.Count > 0 ? Encoding.UTF8.GetString(arguments[0].Span) : "";
        var answer = Answer(install, method, argument);
        Depths.Enqueue(turn.Depth);
        Turns.Enqueue((turn.Attempt, turn.Attempts));
        _calls.Writer.TryWrite((install, method, argument));
        return await answer;
    }

    public PluginError Note(int install, PluginError error)
    {
        Notes.Enqueue((install, $"{error.Name}: {error.Message}"));
        return error;
    }

    public void Strike(int install, PluginError error)
    {
        lock (Strikes)
            Strikes.Add(install);
    }
}
