using System.Text.Json;
using GripProxy.Plugins.Engine;
using GripProxy.Plugins.Tenants;

namespace GripProxy.Plugins.Trials;

/// <summary>A throw-away process with the plugins of a trial in it, set up. Owned by the trial.</summary>
internal sealed class TrialCell : IAsyncDisposable
{
    private readonly List<TrialCopy> _copies = [];

    private TrialCell(Cell cell) => Cell = cell;

    /// <summary>The process.</summary>
    public Cell Cell { get; }

    /// <summary>The plugins.</summary>
    public IReadOnlyList<TrialCopy> Copies => _copies;

    /// <summary>Compiles, loads and sets up.</summary>
    /// <returns>The process, or what is wrong with one of the plugins.</returns>
    /// <exception cref="WorkerEndedException">No process could be started.</exception>
    public static async Task<(TrialCell? Cell, TrialOutcome? Failure)> StartAsync(
        TrialRunner runner, IReadOnlyList<Install> installs, ICellHost host, CellWatchdog watchdog)
    {
        var cell = new TrialCell(await runner.StartCellAsync(host, watchdog));
        try
        {
            foreach (var install in installs)
            {
                if (await cell.AddAsync(runner, install) is not { } failure)
                    continue;
                await cell.DisposeAsync();
                return (null, failure);
            }

            return (cell, null);
        }
        catch
        {
            await cell.DisposeAsync();
            throw;
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => Cell.DisposeAsync();

    private async Task<TrialOutcome?> AddAsync(TrialRunner runner, Install install)
    {
        var compiled = await runner.CompileAsync(install);
        if (compiled.Problem is { } problem)
            return new TrialOutcome { Plugin = install.Name, Problem = problem };
        try
        {
            var copy = new PluginCopy
            {
                Number = install.Number,
                Install = install.Number,
                Name = install.Name,
                Code = compiled.Code!, // There is no problem.
                Config = JsonSerializer.SerializeToUtf8Bytes(install.Config, PluginJson.Default.JsonObject),
                Attachments = install.Attachments,
            };
            var loaded = await Cell.LoadAsync(copy);
            if (loaded.Capabilities is not { } capabilities)
                return new TrialOutcome { Plugin = install.Name, Error = loaded.Error };
            if (capabilities.Has("setupPlugin") && (await Cell.CallAsync(copy.Number, "setupPlugin")).Error is { } thrown)
                return new TrialOutcome { Plugin = install.Name, Error = thrown };
            _copies.Add(new TrialCopy(install, copy.Number, capabilities));
            return null;
        }
        catch (WorkerEndedException e)
        {
            return new TrialOutcome { Plugin = install.Name, Error = new PluginError(e.End.ToString(), e.Message, "") };
        }
    }
}
