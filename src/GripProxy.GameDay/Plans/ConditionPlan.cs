using System.Globalization;

namespace GripProxy.GameDay.Plans;

/// <summary>What must stay true (plugins-gameday.md §4). Immutable.</summary>
internal sealed record ConditionPlan
{
    /// <summary>Comparisons that there are.</summary>
    public static IReadOnlyList<string> Operators { get; } = [">=", "<=", "==", "!=", ">", "<"];

    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>What is looked at.</summary>
    public required string Metric { get; init; }

    /// <summary>How it is compared.</summary>
    public required string Operator { get; init; }

    /// <summary>What it is compared to.</summary>
    public required double Value { get; init; }

    /// <summary>It fails when it was false for so long.</summary>
    public TimeSpan For { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>True if it holds for this value. What could not be measured (not a number) does not hold.</summary>
    public bool Holds(double value) => Operator switch
    {
        ">=" => value >= Value,
        "<=" => value <= Value,
        ">" => value > Value,
        "<" => value < Value,
        "!=" => value != Value && !double.IsNaN(value),
        _ => value == Value,
    };

    /// <summary>As it is read: <c>queue.oldest_s &lt;= 5</c>.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Metric} {Operator} {Value}");
}
