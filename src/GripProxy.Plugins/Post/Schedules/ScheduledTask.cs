using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace GripProxy.Plugins.Post.Schedules;

/// <summary>Something that an install does again and again (plugins.md §9.1). Immutable.</summary>
internal sealed class ScheduledTask : IEquatable<ScheduledTask>
{
    // A fifth of the period: enough to take the peak off the full hour, so little that "every hour" stays true.
    private const int Share = 5;

    private static readonly Dictionary<string, TimeSpan> Periods = new(StringComparer.Ordinal)
    {
        ["runEveryMinute"] = TimeSpan.FromMinutes(1),
        ["runEveryHour"] = TimeSpan.FromHours(1),
        [Daily] = TimeSpan.FromDays(1),
    };

    private readonly TimeSpan _period;
    private readonly TimeSpan _offset;
    private readonly string _text;
    private readonly CronExpression? _cron;

    private ScheduledTask(string name, string method, TimeSpan period, TimeSpan offset, string text, CronExpression? cron)
    {
        _text = text;
        Name = name;
        Method = method;
        _period = period;
        _offset = offset;
        _cron = cron;
    }

    /// <summary>The function whose missed run is made up.</summary>
    public const string Daily = "runEveryDay";

    /// <summary>Functions that are called by the clock.</summary>
    public static IReadOnlyCollection<string> Functions => Periods.Keys;

    /// <summary>What it is called: the function, or the name under <c>schedule</c>.</summary>
    public string Name { get; }

    /// <summary>What is called.</summary>
    public string Method { get; }

    /// <summary>A function that is called every minute, hour or day.</summary>
    /// <param name="function">One of <see cref="Functions"/>.</param>
    /// <param name="who">Spreads the functions of different installs over the first fifth of the period; null: they run at the full minute, hour or day.</param>
    public static ScheduledTask Every(string function, string? who)
    {
        var period = Periods[function];
        var offset = TimeSpan.Zero;
        if (who is not null)
        {
            var seconds = (long)period.TotalSeconds / Share;
            offset = TimeSpan.FromSeconds(Hash($"{who}/{function}") % (ulong)(seconds + 1));
        }

        return new ScheduledTask(function, function, period, offset, "", null);
    }

    /// <summary>A function with a cron expression.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="text">The expression as it was written.</param>
    /// <param name="cron">The same, read.</param>
    public static ScheduledTask By(string name, string text, CronExpression cron) => new(name, $"schedule.{name}", default, default, text, cron);

    /// <summary>When it is due next after a time, or null: never.</summary>
    public DateTimeOffset? Next(DateTimeOffset after)
    {
        if (_cron is not null)
            return _cron.Next(after);
        var periods = ((after - DateTimeOffset.UnixEpoch - _offset).Ticks / _period.Ticks) + 1;
        return DateTimeOffset.UnixEpoch + (_period * periods) + _offset;
    }

    /// <inheritdoc/>
    public bool Equals(ScheduledTask? other) => other is not null && Method == other.Method && _offset == other._offset && _text == other._text;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as ScheduledTask);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Method, _offset, _text);

    // The same on every node and after every start.
    private static ulong Hash(string text)
    {
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(text));
        return BinaryPrimitives.ReadUInt64LittleEndian(hash);
    }
}
