using System.Text.Json;
using System.Text.Json.Nodes;
using GripProxy.GameDay.Agents;
using GripProxy.GameDay.Anonymising;
using GripProxy.GameDay.Control;
using GripProxy.GameDay.Plans;
using GripProxy.GameDay.Recordings;
using GripProxy.GameDay.Reports;
using GripProxy.GameDay.Running;

namespace GripProxy.GameDay;

/// <summary>Game days for a command line (plugins-gameday.md). Stateless; errors are written and become an exit code.</summary>
/// <param name="output">Takes what people read.</param>
/// <param name="error">Takes what is wrong.</param>
/// <param name="variable">Environment variables, by name.</param>
/// <param name="time">The clock.</param>
public sealed class GameDayTool(TextWriter output, TextWriter error, Func<string, string?> variable, TimeProvider time)
{
    private const int Failure = 1;

    // Whoever makes load for others, or may be told to, wants to hear it.
    private const string TokenVariable = "GRIPPROXY_GAMEDAY_TOKEN";

    /// <summary>Prints a plan to begin with.</summary>
    /// <param name="kind"><c>events</c> or <c>publish</c>.</param>
    public Task<int> PrintPlanAsync(string kind) => GuardAsync(async () =>
    {
        await output.WriteAsync(ShippedPlan.Read(kind));
        return 0;
    });

    /// <summary>Carries out a plan and writes its report.</summary>
    /// <param name="options">What the command line says.</param>
    /// <param name="cancellationToken">Ends it; there is a report all the same.</param>
    /// <returns>0 all conditions held, 2 some did not, 3 the generator was too slow, 1 anything else.</returns>
    public async Task<int> RunAsync(GameDayOptions options, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(options);
        return await GuardAsync(async () =>
        {
            var token = variable(TokenVariable) ?? "";
            var workers = WorkerShare.Read(options.Workers, token);
            var plan = PlanReader.Read(await File.ReadAllTextAsync(options.Plan, cancellationToken), variable, Path.GetDirectoryName(Path.GetFullPath(options.Plan))!); // A file is in a folder.
            await using var run = await new GameDayLauncher(variable, time, workers).MakeAsync(plan, options.AllowsProduction, cancellationToken);
            await using var api = new GameDayApi(time);
            api.Add(run);
            await using var server = options.Listen is { } listen ? await GameDayServer.StartAsync(listen, token, api.HandleAsync) : null;
            if (server is not null)
                await output.WriteLineAsync($"game day {run.Id}: {server.Address}/v1/gamedays/{run.Id}");
            await using var terminal = new RunTerminal(run, output, options, time);
            using var interrupted = cancellationToken.Register(() => run.Orders.Stop("interrupted"));
            await run.RunAsync(CancellationToken.None);
            await terminal.EndAsync();
            var report = ReportJson.Of(run);
            var files = ReportFiles.Write(report, options.Report ?? plan.Report, Directory.GetCurrentDirectory());
            await output.WriteLineAsync($"{ReportReader.Verdict(report)}\n{string.Join('\n', files.Select(static file => $"  {file}"))}");
            return ReportJson.ExitCode(report["outcome"]!.ToString()); // Every report has one.
        });
    }

    /// <summary>Makes load for coordinators elsewhere until it is ended.</summary>
    /// <param name="listen">Where it listens (<c>127.0.0.1:9200</c>).</param>
    /// <param name="cancellationToken">Ends it.</param>
    public Task<int> AgentAsync(string listen, CancellationToken cancellationToken) => GuardAsync(async () =>
    {
        await using var agent = new AgentApi(line => output.WriteLine(line), time, AgentApi.Patience);
        await using var server = await GameDayServer.StartAsync(listen, variable(TokenVariable) ?? "", agent.HandleAsync);
        agent.Start();
        await output.WriteLineAsync($"waits for game days at {server.Address}");
        await Task.Delay(Timeout.InfiniteTimeSpan, time, cancellationToken).ContinueWith(static _ => { }, TaskScheduler.Default);
        return 0;
    });

    /// <summary>Makes a file of events nobody's.</summary>
    /// <param name="from">The file: an event on each line, a list, or CSV; also with gzip.</param>
    /// <param name="to">The new file.</param>
    /// <param name="rules">File of the rules, or null: what is said of events without any.</param>
    /// <param name="isStrict">Something found in a field that a rule keeps is a failure.</param>
    public Task<int> AnonymiseAsync(string from, string to, string? rules, bool isStrict) => GuardAsync(async () =>
    {
        var read = AnonymiseReader.Read(rules is null ? "{}" : await File.ReadAllTextAsync(rules), variable);
        foreach (var line in await AnonymiseFiles.RunAsync(from, to, read, isStrict))
            await output.WriteLineAsync(line);
        return 0;
    });

    /// <summary>Records the events that a tenant gets, made nobody's before they are written.</summary>
    /// <param name="access">The tenant.</param>
    /// <param name="options">What is recorded.</param>
    /// <param name="cancellationToken">Ends it; what was written stays.</param>
    public Task<int> RecordAsync(TenantAccess access, RecordOptions options, CancellationToken cancellationToken) => GuardAsync(async () =>
    {
        var rules = AnonymiseReader.Read(options.Rules is null ? "{}" : await File.ReadAllTextAsync(options.Rules, cancellationToken), variable);
        foreach (var line in await TenantRecorder.RunAsync(access, options, rules, cancellationToken))
            await output.WriteLineAsync(line);
        return 0;
    });

    /// <summary>Stores what events say of users in a tenant that is marked as a test.</summary>
    /// <param name="access">The tenant.</param>
    /// <param name="from">The file: an event on each line, a list, or CSV; also with gzip.</param>
    /// <param name="rules">File of rules by which they are made nobody's, or null: they go as they are.</param>
    /// <param name="plugin">Name of a plugin whose storage gets the last events of each user, or null.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public Task<int> SeedAsync(TenantAccess access, string from, string? rules, string? plugin, CancellationToken cancellationToken) => GuardAsync(async () =>
    {
        var read = rules is null ? null : AnonymiseReader.Read(await File.ReadAllTextAsync(rules, cancellationToken), variable);
        var anonymiser = read is null ? null : new Anonymiser(read);
        var events = EventFile.Read(from, read?.Csv).Select(one => anonymiser?.Apply(one) ?? one);
        await output.WriteLineAsync(await TenantSeed.RunAsync(access, events, plugin, cancellationToken));
        return 0;
    });

    /// <summary>Prints what differs between two reports.</summary>
    /// <returns>0, or 1 if one cannot be read.</returns>
    public Task<int> CompareAsync(string first, string second) => GuardAsync(async () =>
    {
        foreach (var line in ReportComparison.Lines(await ReadReportAsync(first), await ReadReportAsync(second)))
            await output.WriteLineAsync(line);
        return 0;
    });

    private static async Task<JsonObject> ReadReportAsync(string path) =>
        JsonNode.Parse(await File.ReadAllTextAsync(path)) is JsonObject report && report["steps"] is JsonArray ? report : throw new PlanException([$"{path} is not a report of a game day"]);

    private async Task<int> GuardAsync(Func<Task<int>> action)
    {
        try
        {
            return await action();
        }
        catch (PlanException e)
        {
            foreach (var problem in e.Problems)
                await error.WriteLineAsync($"error: {problem}");
        }
        catch (OperationCanceledException)
        {
            await error.WriteLineAsync("error: it was interrupted before anything was sent");
        }
        catch (Exception e) when (e is TargetException or IOException or UnauthorizedAccessException or JsonException or HttpRequestException)
        {
            await error.WriteLineAsync($"error: {e.Message}");
        }

        return Failure;
    }
}
