using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using GripProxy.GameDay.Agents;
using GripProxy.GameDay.Anonymising;
using GripProxy.GameDay.Load;
using GripProxy.GameDay.Plans;
using GripProxy.GameDay.Recordings;
using GripProxy.GameDay.Running;

namespace GripProxy.GameDay;

/// <summary>Makes a run of a plan, after it has looked whether the target may be loaded at all. Stateless.</summary>
/// <param name="variable">Environment variables, by name.</param>
/// <param name="time">The clock.</param>
/// <param name="workers">Agents that make the load; none: this process does.</param>
internal sealed class GameDayLauncher(Func<string, string?> variable, TimeProvider time, IReadOnlyList<WorkerShare>? workers = null)
{
    /// <summary>Makes it; nothing is sent yet.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="allowsProduction">Somebody said that a tenant may be loaded that is not marked as a test.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="TargetException">The target must not be loaded, or does not answer.</exception>
    /// <exception cref="PlanException">A recording is not as it must be.</exception>
    public async Task<GameDayRun> MakeAsync(GamePlan plan, bool allowsProduction, CancellationToken cancellationToken)
    {
        var id = Guid.NewGuid().ToString("N")[..8];
        var made = new List<ScenarioRun>();
        try
        {
            for (var i = 0; i < plan.Scenarios.Count; i++)
            {
                var scenario = plan.Scenarios[i];
                var events = scenario.Source.Files.Count > 0 ? Recorded(scenario) : [];
                var probe = new TargetProbe(scenario, plan.Conditions.Concat(scenario.Conditions), time);
                scenario = await WithBaselineAsync(scenario, probe, cancellationToken);
                (scenario, var source) = Open(scenario, events);
                made.Add(new ScenarioRun(scenario, Generators(scenario, source, events, $"{id}.{i}"), probe));
                await CheckTargetAsync(scenario, probe, allowsProduction, cancellationToken);
                await CheckConditionsAsync(plan, scenario, probe, cancellationToken);
            }
        }
        catch
        {
            foreach (var scenario in made)
                await scenario.DisposeAsync();
            throw;
        }

        return new GameDayRun(id, plan with { Scenarios = [.. made.Select(static scenario => scenario.Plan)] }, made, time);
    }

    // A baseline that is the recording's is then known.
    private static (ScenarioPlan Plan, EventSource Source) Open(ScenarioPlan plan, List<JsonObject> events)
    {
        if (plan.Source.Files.Count == 0)
            return (plan, new MadeEvents(plan.Source));
        var recorded = RecordedEvents.Load(events, plan.Source.KeepsRate, plan.Baseline);
        if (plan.Baseline == 0 && recorded.PeakPerSecond == 0)
            throw new PlanException(["baseline.from is recording, but its events have no timestamp"]);
        return (plan.Baseline > 0 ? plan : plan with { Baseline = recorded.PeakPerSecond }, recorded);
    }

    // Nobody else owns the probe yet.
    private static async Task<ScenarioPlan> WithBaselineAsync(ScenarioPlan plan, TargetProbe probe, CancellationToken cancellationToken)
    {
        try
        {
            return plan.BaselineDays == 0 ? plan : plan with { Baseline = await probe.PeakAsync(plan.BaselineDays, cancellationToken), BaselineDays = 0 };
        }
        catch
        {
            probe.Dispose();
            throw;
        }
    }

    private IReadOnlyList<IGenerator> Generators(ScenarioPlan plan, EventSource source, List<JsonObject> events, string run)
    {
        if (workers is null or { Count: 0 })
            return [new LocalGenerator(plan, source, run, time)];
        var recording = events.Count > 0 ? AgentOrder.Pack(events) : [];
        return [.. workers.Select(share => new RemoteGenerator(plan, share, recording, $"{run}.{share.Index}", time))];
    }

    // Nothing of a person leaves this process, to agents no more than to the target.
    private List<JsonObject> Recorded(ScenarioPlan plan)
    {
        var rules = plan.Source.Anonymise.Length > 0 ? AnonymiseReader.Read(File.ReadAllText(plan.Source.Anonymise), variable) : null;
        var anonymiser = rules is null ? null : new Anonymiser(rules);
        return [.. plan.Source.Files.SelectMany(file => EventFile.Read(file, rules?.Csv)).Take(RecordedEvents.MostEvents).Select(one => anonymiser?.Apply(one) ?? one)];
    }

    private static async Task CheckTargetAsync(ScenarioPlan plan, TargetProbe probe, bool allowsProduction, CancellationToken cancellationToken)
    {
        if (plan.Kind == ScenarioKind.Publish)
        {
            // No tenant says whether it is a test; on this machine it is taken for one.
            if (!allowsProduction && !IsLoopback(plan.Target.Admin!)) // The reader of plans saw that it is there.
                throw new TargetException($"{plan.Target.Admin} is another machine, and no tenant says that it is a test; --i-know-this-is-production goes on all the same");
            return;
        }

        var tenant = await probe.TenantAsync(cancellationToken);
        if (tenant["test"]?.GetValueKind() == JsonValueKind.True)
            return;
        if (!allowsProduction)
            throw new TargetException($"the tenant '{plan.Target.Tenant}' is not marked as a test (\"test\": true); --i-know-this-is-production goes on where the target allows it");
        if (tenant["gameday_allow_production"]?.GetValueKind() != JsonValueKind.True)
            throw new TargetException($"the tenant '{plan.Target.Tenant}' is not marked as a test, and the target does not allow game days in production ([plugins] gameday_allow_production=true)");
    }

    private static async Task CheckConditionsAsync(GamePlan plan, ScenarioPlan scenario, TargetProbe probe, CancellationToken cancellationToken)
    {
        var told = await probe.ReadAsync(cancellationToken);
        var problems = scenario.Conditions.Concat(plan.Conditions)
            .Where(condition => !MetricNames.Own.Contains(condition.Metric) && !MetricNames.Host.Contains(condition.Metric))
            .Where(condition => !condition.Metric.Contains("rate(", StringComparison.Ordinal) && !told.ContainsKey(condition.Metric))
            .Select(condition => $"condition '{condition.Name}': the target of {scenario.Name} does not tell {condition.Metric}")
            .ToList();
        if (problems.Count > 0)
            throw new PlanException(problems);
    }

    private static bool IsLoopback(Uri address) => address.IsLoopback || (IPAddress.TryParse(address.Host, out var ip) && IPAddress.IsLoopback(ip));
}
