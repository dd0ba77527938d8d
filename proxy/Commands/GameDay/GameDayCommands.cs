using System.CommandLine;
using GripProxy.GameDay;

namespace GripProxy.Proxy.Commands.GameDay;

/// <summary><c>gripproxy gameday …</c> (plugins-gameday.md): load in steps, and what became of it. Stateless.</summary>
internal static class GameDayCommands
{
    /// <summary>The command with all below it.</summary>
    public static Command Create(ProcessContext context)
    {
        var tool = new GameDayTool(
            context.Output, context.Error, name => context.Environment.TryGetValue(name, out var value) ? value : null, context.Time);
        return new Command("gameday", "Prove that a system carries a multiple of its peak: load in steps, conditions, a report.")
        {
            New(tool),
            Run(context, tool),
            Agent(tool),
            Compare(tool),
            Anonymise(tool),
            RecordingCommands.Record(context, tool),
            RecordingCommands.Seed(context, tool),
        };
    }

    private static Command New(GameDayTool tool)
    {
        var kind = new Argument<string>("kind") { Description = "events: for a proxy with plugins; publish: for channels and their clients.", DefaultValueFactory = static _ => "events" };
        kind.AcceptOnlyFromAmong("events", "publish");
        var command = new Command("new", "Print a plan to begin with.") { kind };
        command.SetAction((result, _) => tool.PrintPlanAsync(result.GetValue(kind)!)); // It has a default.
        return command;
    }

    private static Command Run(ProcessContext context, GameDayTool tool)
    {
        var plan = new Argument<string>("plan") { Description = "File of the plan." };
        var report = new Option<string?>("--report") { Description = "Name of the report's files, without extension (default: what the plan says).", HelpName = "name" };
        var production = new Option<bool>("--i-know-this-is-production") { Description = "Load also what is not marked as a test." };
        var listen = new Option<string?>("--listen") { Description = "Take changes over HTTP meanwhile, as 127.0.0.1:9100.", HelpName = "addr:port" };
        var workers = new Option<string?>("--workers") { Description = "Agents that make the load together in place of this process (gripproxy gameday agent).", HelpName = "host:port,..." };
        var command = new Command("run", "Carry out a plan and write a report (JSON, Markdown, HTML). Exit code 0: all conditions held, 2: not, 3: the generator was too slow.")
        {
            plan, report, listen, workers, production,
        };
        command.SetAction((result, _) => RunAsync(tool, new GameDayOptions
        {
            Plan = result.GetValue(plan)!, // It is required.
            Report = result.GetValue(report),
            Listen = result.GetValue(listen),
            Workers = result.GetValue(workers)?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) ?? [],
            AllowsProduction = result.GetValue(production),
            ReadKey = Console.IsInputRedirected || !context.IsErrorTerminal ? null : static () => Console.KeyAvailable ? Console.ReadKey(intercept: true).KeyChar : null,
            IsTerminal = !Console.IsOutputRedirected,
        }));
        return command;
    }

    private static Command Agent(GameDayTool tool)
    {
        var listen = new Option<string>("--listen") { Description = "Where coordinators reach it; another address than this machine's own needs GRIPPROXY_GAMEDAY_TOKEN.", HelpName = "addr:port", DefaultValueFactory = static _ => "127.0.0.1:9200" };
        var command = new Command("agent", "Make load for a game day that runs elsewhere (gameday run --workers).") { listen };
        command.SetAction(async (result, _) =>
        {
            using var signals = new Signals(static () => { });
            using var stop = new CancellationTokenSource();
            var agent = tool.AgentAsync(result.GetValue(listen)!, stop.Token); // It has a default.
            if (await Task.WhenAny(agent, signals.StopRequested) != agent)
                await stop.CancelAsync();
            return await agent;
        });
        return command;
    }

    // The first signal ends the load, and there is a report all the same; the second ends the process.
    private static async Task<int> RunAsync(GameDayTool tool, GameDayOptions options)
    {
        using var signals = new Signals(static () => { });
        using var stop = new CancellationTokenSource();
        var run = tool.RunAsync(options, stop.Token);
        if (await Task.WhenAny(run, signals.StopRequested) != run)
            await stop.CancelAsync();
        return await run;
    }

    private static Command Anonymise(GameDayTool tool)
    {
        var from = new Argument<string>("in") { Description = "Events: an object on each line, a list, or CSV; also with gzip." };
        var to = new Argument<string>("out") { Description = "The new file; with gzip if it ends with .gz." };
        var rules = new Option<string?>("--rules") { Description = "File of rules (JSON).", HelpName = "file" };
        var strict = new Option<bool>("--strict") { Description = "Fail if personal data is found in a field that a rule keeps." };
        var command = new Command("anonymise", "Make recorded events nobody's, before they are used for load.") { from, to, rules, strict };
        command.SetAction((result, _) => tool.AnonymiseAsync(result.GetValue(from)!, result.GetValue(to)!, result.GetValue(rules), result.GetValue(strict))); // Both are required.
        return command;
    }

    private static Command Compare(GameDayTool tool)
    {
        var first = new Argument<string>("first") { Description = "A report (JSON)." };
        var second = new Argument<string>("second") { Description = "A later one." };
        var command = new Command("compare", "Print what differs between two reports.") { first, second };
        command.SetAction((result, _) => tool.CompareAsync(result.GetValue(first)!, result.GetValue(second)!)); // Both are required.
        return command;
    }
}
