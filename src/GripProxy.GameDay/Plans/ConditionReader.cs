namespace GripProxy.GameDay.Plans;

/// <summary>Reads conditions of a plan. Stateless.</summary>
internal static class ConditionReader
{
    /// <summary>Those in the member <c>conditions</c>.</summary>
    public static IReadOnlyList<ConditionPlan> Read(PlanNode parent)
    {
        var found = new List<ConditionPlan>();
        foreach (var node in parent.Children("conditions"))
        {
            node.Allow("name", "metric", "op", "value", "for_s");
            var metric = node.Text("metric", "");
            if (!IsMetric(metric))
                node.Report("metric", $"is '{metric}', expected one of {string.Join(", ", MetricNames.All)}, {MetricNames.Prometheus}<series> or {MetricNames.Http}<url>:<path>");
            var comparison = node.Text("op", "");
            if (!ConditionPlan.Operators.Contains(comparison))
                node.Report("op", $"is '{comparison}', expected {string.Join(' ', ConditionPlan.Operators)}");
            if (!node.Has("value"))
                node.Report("value", "is missing");
            var made = new ConditionPlan
            {
                Name = "",
                Metric = metric,
                Operator = comparison,
                Value = node.Number("value", 0, double.MinValue),
                For = node.Seconds("for_s", TimeSpan.FromSeconds(10)),
            };
            made = made with { Name = node.Text("name", made.ToString()) };
            if (found.Exists(other => other.Name == made.Name))
                node.Report("name", $"'{made.Name}' is given twice");
            found.Add(made);
        }

        return found;
    }

    private static bool IsMetric(string name) =>
        MetricNames.All.Contains(name)
        || (name.StartsWith(MetricNames.Prometheus, StringComparison.Ordinal) && name.Length > MetricNames.Prometheus.Length)
        || (name.StartsWith(MetricNames.Http, StringComparison.Ordinal) && name.LastIndexOf(':') > "http://".Length);
}
