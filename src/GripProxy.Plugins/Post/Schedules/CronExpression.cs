using System.Globalization;

namespace GripProxy.Plugins.Post.Schedules;

/// <summary>
/// When something is to be done, in five fields: minute, hour, day of the month, month, day of the week; in UTC (plugins.md §9.1). As everywhere: where both days
/// are given, either counts. Immutable.
/// </summary>
internal sealed class CronExpression
{
    private static readonly string[] Months = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
    private static readonly string[] Days = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];

    // The 29th of February may be eight years away.
    private const int MostYears = 9;

    private readonly bool[] _minutes;
    private readonly bool[] _hours;
    private readonly bool[] _daysOfMonth;
    private readonly bool[] _months;
    private readonly bool[] _daysOfWeek;
    private readonly bool _anyDayOfMonth;
    private readonly bool _anyDayOfWeek;

    private CronExpression(string[] fields, bool[][] sets)
    {
        _minutes = sets[0];
        _hours = sets[1];
        _daysOfMonth = sets[2];
        _months = sets[3];
        _daysOfWeek = sets[4];
        _daysOfWeek[0] |= _daysOfWeek[7];
        _anyDayOfMonth = fields[2].StartsWith('*');
        _anyDayOfWeek = fields[4].StartsWith('*');
    }

    /// <summary>Reads an expression: <c>*</c>, numbers, ranges, lists, steps, and three-letter names of months and days.</summary>
    /// <param name="text">The text.</param>
    /// <param name="problem">Why it is none, or null.</param>
    public static CronExpression? Parse(string text, out string? problem)
    {
        var fields = text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        if (fields.Length != 5)
        {
            problem = $"'{text}' has {fields.Length} fields; expected minute, hour, day of month, month, day of week";
            return null;
        }

        (string Name, int First, int Last, string[] Names)[] kinds =
            [("minute", 0, 59, []), ("hour", 0, 23, []), ("day of month", 1, 31, []), ("month", 1, 12, Months), ("day of week", 0, 7, Days)];
        var sets = new bool[5][];
        for (var i = 0; i < 5; i++)
        {
            var (name, first, last, names) = kinds[i];
            if (ReadField(fields[i], first, last, names) is not { } set)
            {
                problem = $"'{fields[i]}' is no {name}: expected numbers from {first} to {last}, as 5, 1-5, 1,15 or */10";
                return null;
            }

            sets[i] = set;
        }

        problem = null;
        return new CronExpression(fields, sets);
    }

    /// <summary>The first time after another, or null if there is none.</summary>
    public DateTimeOffset? Next(DateTimeOffset after)
    {
        var utc = after.UtcDateTime;
        var at = new DateTime(utc.Year, utc.Month, utc.Day, utc.Hour, utc.Minute, 0, DateTimeKind.Utc).AddMinutes(1);
        var last = at.AddYears(MostYears);
        while (at < last)
        {
            if (!_months[at.Month])
                at = new DateTime(at.Year, at.Month, 1, 0, 0, 0, DateTimeKind.Utc).AddMonths(1);
            else if (!IsDay(at))
                at = at.Date.AddDays(1);
            else if (!_hours[at.Hour])
                at = at.Date.AddHours(at.Hour + 1);
            else if (!_minutes[at.Minute])
                at = at.AddMinutes(1);
            else
                return new DateTimeOffset(at, TimeSpan.Zero);
        }

        return null;
    }

    private bool IsDay(DateTime at)
    {
        var ofMonth = _daysOfMonth[at.Day];
        var ofWeek = _daysOfWeek[(int)at.DayOfWeek];
        return _anyDayOfMonth || _anyDayOfWeek ? ofMonth && ofWeek : ofMonth || ofWeek;
    }

    private static bool[]? ReadField(string field, int first, int last, string[] names)
    {
        var set = new bool[last + 1];
        foreach (var part in field.Split(','))
        {
            if (!TryAdd(set, part, first, last, names))
                return null;
        }

        return set;
    }

    private static bool TryAdd(bool[] set, string part, int first, int last, string[] names)
    {
        var slash = part.IndexOf('/', StringComparison.Ordinal);
        var range = slash < 0 ? part : part[..slash];
        var step = 1;
        if (slash >= 0 && (!TryNumber(part[(slash + 1)..], out step) || step == 0))
            return false;
        int from, to;
        var dash = range.IndexOf('-', StringComparison.Ordinal);
        if (range == "*")
            (from, to) = (first, last);
        else if (dash >= 0)
            (from, to) = (Value(range[..dash], first, names), Value(range[(dash + 1)..], first, names));
        else
            (from, to) = (Value(range, first, names), slash < 0 ? Value(range, first, names) : last);
        if (from < first || to > last || from > to)
            return false;
        for (var i = from; i <= to; i += step)
            set[i] = true;
        return true;
    }

    // -1 is outside of every field.
    private static int Value(string text, int first, string[] names) =>
        Array.FindIndex(names, name => name.Equals(text, StringComparison.OrdinalIgnoreCase)) is >= 0 and var named
            ? named + first
            : TryNumber(text, out var number) ? number : -1;

    private static bool TryNumber(string text, out int number) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);
}
