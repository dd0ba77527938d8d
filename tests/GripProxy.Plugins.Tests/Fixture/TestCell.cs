using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Threading.Channels;
using GripProxy.Plugins.Engine;

namespace GripProxy.Plugins.Tests.Fixture;

/// <summary>A real cell and what it told its host. Owned by one test.</summary>
internal sealed class TestCell : ICellHost, IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly Channel<(int Install, string Level, string Text)> _log = Channel.CreateUnbounded<(int, string, string)>();
    private readonly CellWatchdog _watchdog = new(TimeProvider.System);
    private int _copies;

    public Cell Cell { get; private set; } = null!; // by StartAsync

    /// <summary>Answers the plugins' requests.</summary>
    public Func<string, JsonElement, ValueTask<HostAnswer>> Answer { get; init; } = (operation, _) =>
        ValueTask.FromResult(HostAnswer.Failed("Error", $"no '{operation}' here"));

    public static async Task<TestCell> StartAsync(WorkerLimits? limits = null, Func<string, JsonElement, ValueTask<HostAnswer>>? answer = null, params string[] launcher)
    {
        var cell = answer is null ? new TestCell() : new TestCell { Answer = answer };
        cell.Cell = await Cell.StartAsync(TestRuntime.Launch with { Launcher = launcher }, limits ?? new WorkerLimits(), cell, TimeProvider.System).WaitAsync(Patience);
        cell._watchdog.Watch(cell.Cell);
        return cell;
    }

    /// <summary>Compiles and loads a plugin of one file.</summary>
    /// <returns>Number of the copy.</returns>
    public async Task<int> LoadAsync(string source, string config = "{}", string main = "index.js", string name = "test")
    {
        var loaded = await TryLoadAsync(source, config, main, name);
        Assert.Null(loaded.Error);
        return _copies;
    }

    public async Task<LoadedPlugin> TryLoadAsync(string source, string config = "{}", string main = "index.js", string name = "test")
    {
        var copy = new PluginCopy
        {
            Number = ++_copies,
            Install = _copies,
            Name = name,
            Code = await TestCompiler.CompileAsync(main, (main, source)),
            Config = Encoding.UTF8.GetBytes(config),
        };
        return await LoadAsync(copy);
    }

    public Task<LoadedPlugin> LoadAsync(PluginCopy copy) => Cell.LoadAsync(copy).WaitAsync(Patience);

    /// <summary>Runs events through copies.</summary>
    public Task<ChainResult[]> ChainAsync(int[] copies, params string[] events) =>
        Cell.ChainAsync(copies, [.. events.Select(text => (ReadOnlyMemory<byte>)Encoding.UTF8.GetBytes(text))]).WaitAsync(Patience);

    /// <summary>Runs one event through one copy and gives it back; it must come through.</summary>
    public async Task<JsonNode> ProcessAsync(int copy, string @event)
    {
        var result = Assert.Single(await ChainAsync([copy], @event));
        Assert.Empty(result.Errors);
        Assert.NotNull(result.Event);
        return JsonNode.Parse(result.Event.Value.Span)!;
    }

    public Task<CallResult> CallAsync(int copy, string method, params string[] arguments) =>
        Cell.CallAsync(copy, method, [.. arguments.Select(text => (ReadOnlyMemory<byte>)Encoding.UTF8.GetBytes(text))]).WaitAsync(Patience);

    /// <summary>Calls a function and gives its result as JSON.</summary>
    public async Task<string> ValueAsync(int copy, string method, params string[] arguments)
    {
        var result = await CallAsync(copy, method, arguments);
        Assert.Null(result.Error);
        return Encoding.UTF8.GetString(result.Value.Span);
    }

    /// <summary>The next line that a plugin logged.</summary>
    public async Task<(int Install, string Level, string Text)> LoggedAsync() => await _log.Reader.ReadAsync().AsTask().WaitAsync(Patience);

    /// <summary>How the process ended.</summary>
    public async Task<WorkerEndedException> EndedAsync() => await Cell.Ended.WaitAsync(Patience);

    void ICellHost.Log(int install, string level, string text) => _log.Writer.TryWrite((install, level, text));

    ValueTask<HostAnswer> ICellHost.RequestAsync(int install, string operation, JsonElement arguments) => Answer(operation, arguments);

    public async ValueTask DisposeAsync()
    {
        await Cell.DisposeAsync();
        _watchdog.Dispose();
    }
}
