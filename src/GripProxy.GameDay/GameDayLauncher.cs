using System.Net;
using System.Text.Json;
using GripProxy.GameDay.Anonymising;
using GripProxy.GameDay.Load;
using GripProxy.GameDay.Plans;
using GripProxy.GameDay.Recordings;
using GripProxy.GameDay.Running;

namespace GripProxy.GameDay;

/// <summary>Makes a run of a plan, after it has looked whether the target may be loaded at all. Stateless.</summary>
/// <param name="variable">Environment variables, by name.</param>
/// <param name="time">The clock.</param>
internal sealed class GameDayLauncher(Func<string, string?> variable, TimeProvider time)
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
                var (scenario, source) = Open(plan.Scenarios[i], variable);
                var probe = new TargetProbe(scenario, plan.Conditions.Concat(scenario.Conditions), time);
                made.Add(new ScenarioRun(scenario, [new LocalGenerator(scenario, source, $"{id}.{i}", time)], probe));
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

    /// <summary>Opens what a scenario sends; a baseline that is the recording's is then known.</summary>
    /// <param name="plan">The scenario.</param>
    /// <param name="variable">Environment variables, by name.</param>
    public static (ScenarioPlan Plan, EventSource Source) Open(ScenarioPlan plan, Func<string, string?> variable)
    {
        if (plan.Source.Files.Count == 0)
            return (plan, new MadeEvents(plan.Source));
        var rules = plan.Source.Anonymise.Length > 0 ? AnonymiseReader.Read(File.ReadAllText(plan.Source.Anonymise), variable) : null;
        var anonymiser = rules is null ? null : new Anonymiser(rules);
        var events = plan.Source.Files.SelectMany(file => EventFile.Read(file, rules?.Csv)).Select(one => anonymiser?.Apply(one) ?? one);
        var recorded = RecordedEvents.Load(events, plan.Source.KeepsRate, plan.Baseline);
        if (plan.Baseline == 0 && recorded.PeakPerSecond == 0)
            throw new PlanException(["baseline.from is recording, but its events have no timestamp"]);
        return (plan.Baseline > 0 ? plan : plan with { Baseline = recorded.PeakPerSecond }, recorded);
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
