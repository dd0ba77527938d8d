using System.Text.Json;
using GripProxy.Plugins.Engine;
using GripProxy.Plugins.Services;
using GripProxy.Plugins.State;
using GripProxy.Plugins.Tenants;

namespace GripProxy.Plugins.Runs;

/// <summary>What plugins may ask of long runs: to begin one, and within one to tell how far it is (plugins.md §9.4). Thread-safe.</summary>
/// <param name="runs">The runs of their tenant, once there are any.</param>
internal sealed class RunOperations(Func<TenantRuns?> runs)
{
    /// <summary>Bytes of the largest payload, and of what is left for another beginning.</summary>
    public const int ValueBytes = 256 * 1024;

    private const int MostText = 500;

    /// <summary>By name.</summary>
    public IReadOnlyDictionary<string, HostOperation> Operations => new Dictionary<string, HostOperation>(StringComparer.Ordinal)
    {
        ["runs.start"] = Start,
        ["run.progress"] = Progress,
        ["run.checkpoint"] = Checkpoint,
    };

    private ValueTask<HostAnswer> Start(Install install, JsonElement arguments) => DoAsync(async known =>
    {
        var name = CellJson.Text(arguments, "name");
        if (known.Offers(install.Number, name) == false)
            return HostAnswer.Failed("IllegalOperationError", $"the plugin has no run {name}");
        var payload = JsonSerializer.SerializeToUtf8Bytes(arguments.GetProperty("payload"), PluginJson.Default.JsonElement);
        if (payload.Length > ValueBytes)
            return HostAnswer.Failed("RangeError", $"the payload of a run may have {ValueBytes >> 10} KiB");
        return await known.AddAsync(install.Number, name, payload) is { } run
            ? new HostAnswer(JsonSerializer.SerializeToUtf8Bytes(run.Id, PluginJson.Default.Int64))
            : HostAnswer.Failed("QueueFullError", "as many runs wait as may; try again later");
    });

    private ValueTask<HostAnswer> Progress(Install install, JsonElement arguments) => DoAsync(async known =>
    {
        var value = Math.Clamp(arguments.GetProperty("value").GetDouble(), 0, 1);
        var text = CellJson.Text(arguments, "text");
        return Noted(await known.NoteAsync(install.Number, arguments.GetProperty("run").GetInt64(), run => run with { Progress = value, Text = text[..Math.Min(text.Length, MostText)] }, store: false));
    });

    private ValueTask<HostAnswer> Checkpoint(Install install, JsonElement arguments) => DoAsync(async known =>
    {
        var value = JsonSerializer.SerializeToUtf8Bytes(arguments.GetProperty("value"), PluginJson.Default.JsonElement);
        return value.Length > ValueBytes
            ? HostAnswer.Failed("RangeError", $"a checkpoint may have {ValueBytes >> 10} KiB")
            : Noted(await known.NoteAsync(install.Number, arguments.GetProperty("run").GetInt64(), run => run with { Last = value }, store: true));
    });

    private static HostAnswer Noted(bool noted) => noted ? HostAnswer.Nothing : HostAnswer.Failed("IllegalOperationError", "the run is over");

    private async ValueTask<HostAnswer> DoAsync(Func<TenantRuns, Task<HostAnswer>> work)
    {
        try
        {
            return runs() is { } known ? await work(known) : HostAnswer.Failed("Error", "there are no runs here");
        }
        catch (StateUnavailableException)
        {
            return HostAnswer.Failed("Error", "the run cannot be stored");
        }
    }
}
