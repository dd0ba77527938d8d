using GripProxy.GameDay.Running;

namespace GripProxy.GameDay.Reports;

/// <summary>What was unlike the first step: times beyond three standard deviations of it, processes that ended, connections that broke. Stateless.</summary>
internal static class Irregularities
{
    private const double LeastMilliseconds = 1;

    /// <summary>All, a line each.</summary>
    public static IEnumerable<string> Of(GameDayRun run) => run.Scenarios.SelectMany(static scenario => Slow(scenario)).Concat(run.Results.SelectMany(Ends)).Concat(Trips(run));

    private static IEnumerable<string> Slow(ScenarioRun scenario)
    {
        foreach (var (name, value) in new (string, Func<TimelinePoint, double>)[] { ("answers", static point => point.IngestP99), ("receipts", static point => point.PublishP99) })
        {
            var first = scenario.Timeline.Where(static point => point.Step == 1).Select(value).Where(double.IsFinite).ToList();
            if (first.Count < 3)
                continue;
            var mean = first.Average();
            var limit = mean + Math.Max(LeastMilliseconds, 3 * Math.Sqrt(first.Average(one => (one - mean) * (one - mean))));
            foreach (var step in scenario.Timeline.Where(static point => point.Step > 1).GroupBy(static point => point.Step))
            {
                var all = step.Select(value).Where(double.IsFinite).ToList();
                var beyond = all.Where(one => one > limit).ToList();
                if (beyond.Count > 0)
                    yield return $"step {step.Key}, {scenario.Plan.Name}: p99 of {name} beyond {limit:0.#} ms (three standard deviations of step 1) in {beyond.Count} of {all.Count} seconds, at most {beyond.Max():0.#} ms";
            }
        }
    }

    private static IEnumerable<string> Trips(GameDayRun run) => run.Notes.Where(static note => TargetChanges.IsTrip(note.Text)).Select(static note => note.ToString());

    private static IEnumerable<string> Ends(StepResult step)
    {
        foreach (var scenario in step.Scenarios)
        {
            if (scenario.Gauges.Highest("cell.restarts") is > 0 and var restarts)
                yield return $"step {step.Number}, {scenario.Scenario}: {restarts:0} processes of plugins ended and were started again";
            if (scenario.Gauges.Highest("dlq.added") is > 0 and var letters)
                yield return $"step {step.Number}, {scenario.Scenario}: {letters:0} dead letters";
            if (scenario.Tally.ClientErrors > 0)
                yield return $"step {step.Number}, {scenario.Scenario}: clients lost their connection {scenario.Tally.ClientErrors} times";
            if (scenario.IsInvalid)
                yield return $"step {step.Number}, {scenario.Scenario}: the generator itself was too slow for {scenario.Tally.Late} of {scenario.Tally.Scheduled} events; the step says nothing about the target";
        }
    }
}
