using System.Text.Json;
using System.Text.Json.Nodes;
using GripProxy.Plugins.Engine;
using GripProxy.Plugins.Events;
using GripProxy.Plugins.Routing;
using GripProxy.Plugins.Supervision;
using GripProxy.Plugins.Tenants;

namespace GripProxy.Plugins.Trials;

/// <summary>
/// Tries events on plugins in a cell of their own, with empty stores and without publishing anything (plugins-http.md §4.5). Immutable; each run has its
/// own process.
/// </summary>
internal sealed class TrialRunner(WorkerLaunch launch, WorkerLimits limits, PackageCompiler compiler, TimeProvider time)
{
    private const int MaxEventBytes = 1024 * 1024;

    /// <summary>Sets the plugins up and sends the events through them, one after another.</summary>
    /// <exception cref="WorkerEndedException">No process could be started.</exception>
    public async Task<TrialOutcome> RunAsync(TrialRequest request)
    {
        using var host = new TrialHost(request, time);
        using var watchdog = new CellWatchdog(time);
        TrialCell? cell = null;
        try
        {
            var setup = new TrialRecord();
            host.NoteIn(setup);
            (cell, var failure) = await TrialCell.StartAsync(this, request.Installs, host, watchdog);
            if (failure is not null)
                return failure with { Setup = setup };
            List<TrialResult> results = [];
            foreach (var sent in request.Events)
            {
                var result = new TrialResult();
                results.Add(result);
                host.NoteIn(result.Record);
                // An event may have ended the process; the next one has another.
                if (cell is null)
                    (cell, _) = await TrialCell.StartAsync(this, request.Installs, host, watchdog);
                if (cell is null || await TryAsync(cell, request, sent, result))
                    continue;
                await cell.DisposeAsync();
                cell = null;
            }

            return new TrialOutcome { Setup = setup, Results = results };
        }
        finally
        {
            if (cell is not null)
                await cell.DisposeAsync();
        }
    }

    /// <summary>Starts a process that answers to the host.</summary>
    public async Task<Cell> StartCellAsync(ICellHost host, CellWatchdog watchdog)
    {
        var cell = await Cell.StartAsync(launch, limits, host, time);
        watchdog.Watch(cell);
        return cell;
    }

    /// <summary>Compiles a package.</summary>
    public Task<CompileResult> CompileAsync(Install install) => compiler.CompileAsync(install.Package);

    /// <summary>Sends one event through.</summary>
    /// <returns>False if the process has ended.</returns>
    private async Task<bool> TryAsync(TrialCell cell, TrialRequest request, JsonElement sent, TrialResult result)
    {
        if (TrialCall.Read(sent) is { } call)
            return await call.RunAsync(cell, result);
        var now = time.GetUtcNow();
        var reader = new EventReader(MaxEventBytes, keepMissingProperties: true);
        if (reader.Read(sent, new EventSource(request.Tenant.Number, "127.0.0.1", now, null), out var problem) is not { } accepted)
        {
            result.Error = new PluginError(problem!.Code, problem.Message, ""); // There is one where there is no event.
            return true;
        }

        List<Install> passed = [];
        var body = accepted.Body;
        foreach (var (install, copy, _) in cell.Copies.Where(one => one.Capabilities.Processes))
        {
            ChainResult step;
            try
            {
                step = (await cell.Cell.ChainAsync([copy], [body], goesOn: result.Steps.Count > 0))[0];
            }
            catch (WorkerEndedException e)
            {
                result.Error = new PluginError(e.End.ToString(), e.Message, "");
                AddStep(result, install, processed: null, result.Error);
                return false;
            }

            var error = step.Errors.Count > 0 ? step.Errors[^1].Error : null;
            result.Time += TimeSpan.FromMicroseconds(step.Times.Sum(spent => spent.Microseconds));
            result.Error = error ?? result.Error;
            AddStep(result, install, step.Event, error);
            if (step.Event is not { } processed)
            {
                result.Dropped = step.RetryOf is null;
                return true;
            }

            body = processed;
            if (error is null)
                passed.Add(install);
        }

        var final = Publish(request, result, passed, body, accepted.Body, now);
        return !request.GoesOn || await TrialCall.GoOnAsync(cell, final, result);
    }

    private static ReadOnlyMemory<byte> Publish(
        TrialRequest request, TrialResult result, List<Install> passed, ReadOnlyMemory<byte> body, ReadOnlyMemory<byte> accepted, DateTimeOffset now)
    {
        using var processed = CellJson.Parse(body);
        using var original = CellJson.Parse(accepted);
        var written = FinalEvent.Write(processed.RootElement, original.RootElement, now, annotate: true);
        using var final = CellJson.Parse(written);
        result.Output = JsonNode.Parse(final.RootElement.GetRawText());
        Route(request, result, request.Routes, new RoutedEvent(final.RootElement, request.Tenant.Name, null));
        foreach (var install in passed)
            Route(request, result, install.Routes, new RoutedEvent(final.RootElement, request.Tenant.Name, install.Name));
        return written;
    }

    private static void Route(TrialRequest request, TrialResult result, IReadOnlyList<ChannelRoute> routes, RoutedEvent routed)
    {
        foreach (var route in routes.Where(route => route.When.Holds(routed)))
        {
            if (ItemBuilder.Build(route, routed, request.Tenant) is { } item)
                result.Record.Publish(ItemJson.Of(item));
        }
    }

    private static void AddStep(TrialResult result, Install install, ReadOnlyMemory<byte>? processed, PluginError? error) => result.Steps.Add((JsonNode)new JsonObject
    {
        ["install"] = install.Name,
        ["event"] = processed is { } json ? JsonNode.Parse(json.Span) : null,
        ["error"] = TrialResult.Describe(error),
    });
}
