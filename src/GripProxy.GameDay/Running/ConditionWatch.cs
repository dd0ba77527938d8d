using GripProxy.GameDay.Plans;

namespace GripProxy.GameDay.Running;

/// <summary>Watches a condition during a step: it fails when it was false for its time in a row. Owned by the conductor.</summary>
/// <param name="condition">The condition.</param>
/// <param name="scenario">The scenario that it is about, or empty: all together.</param>
internal sealed class ConditionWatch(ConditionPlan condition, string scenario)
{
    private double? _falseSince;
    private (double At, double Value)? _violation;

    /// <summary>The condition.</summary>
    public ConditionPlan Condition => condition;

    /// <summary>The scenario that it is about, or empty.</summary>
    public string Scenario => scenario;

    /// <summary>The value of the last look.</summary>
    public double Value { get; private set; } = double.NaN;

    /// <summary>True if it holds just now.</summary>
    public bool HoldsNow => _falseSince is null;

    /// <summary>True if it has failed in this step.</summary>
    public bool IsViolated => _violation is not null;

    /// <summary>Looks at a value.</summary>
    /// <param name="value">The value.</param>
    /// <param name="at">Seconds since the beginning of the game day.</param>
    public void Look(double value, double at)
    {
        Value = value;
        if (condition.Holds(value))
        {
            _falseSince = null;
            return;
        }

        _falseSince ??= at;
        if (at - _falseSince >= condition.For.TotalSeconds)
            _violation ??= (at, value);
    }

    /// <summary>Looks at the value over the whole step and gives the result.</summary>
    public ConditionResult End(double value, double at)
    {
        Value = value;
        if (!condition.Holds(value))
            _violation ??= (at, value);
        return new ConditionResult
        {
            Condition = condition,
            Scenario = scenario,
            Held = _violation is null,
            Value = value,
            ViolatedAt = _violation?.At,
            ViolatedBy = _violation?.Value ?? double.NaN,
        };
    }
}
