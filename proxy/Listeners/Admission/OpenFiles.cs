using System.Globalization;

namespace GripProxy.Proxy.Listeners.Admission;

/// <summary>
/// How many clients the system's limit of open files leaves room for. When all are taken by clients, no request reaches an origin any more and
/// accepting fails over and over; so some are kept back, and the clients beyond wait in the system's queue. Stateless.
/// </summary>
internal static class OpenFiles
{
    private const string LimitsFile = "/proc/self/limits";
    private const string LimitName = "Max open files";

    // For publishers, logs, libraries, and connections to origins, of which more are needed where there are more clients.
    private const int LeastReserve = 200;
    private const int ReserveShare = 40;

    /// <summary>The limit in force, or null: there is none, or the system does not say.</summary>
    public static int? Limit()
    {
        try
        {
            return Find(File.ReadAllText(LimitsFile));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Not Linux, or no /proc.
            return null;
        }
    }

    /// <summary>The limit that a text like <c>/proc/self/limits</c> names, or null.</summary>
    public static int? Find(string limits)
    {
        foreach (var line in limits.AsSpan().EnumerateLines())
        {
            if (!line.StartsWith(LimitName, StringComparison.Ordinal))
                continue;
            var rest = line[LimitName.Length..].TrimStart();
            var end = rest.IndexOf(' ');
            return int.TryParse(end < 0 ? rest : rest[..end], NumberStyles.None, CultureInfo.InvariantCulture, out var limit) ? limit : null;
        }

        return null;
    }

    /// <summary>How many clients may be connected at a time.</summary>
    /// <param name="wanted">What <c>client_maxconn</c> says.</param>
    /// <param name="limit">The limit of open files, or null.</param>
    public static int RoomFor(int wanted, int? limit) =>
        limit is { } files ? Math.Min(wanted, Math.Max(1, files - ReserveOf(files))) : wanted;

    /// <summary>How many files there may be once so many clients are connected.</summary>
    /// <param name="wanted">What <c>client_maxconn</c> says.</param>
    /// <param name="limit">The limit of open files, or null.</param>
    public static int NeededFor(int wanted, int? limit)
    {
        var needed = (long)wanted + ReserveOf(wanted);
        return (int)Math.Min(needed, limit ?? int.MaxValue);
    }

    private static int ReserveOf(int files) => LeastReserve + (files / ReserveShare);
}
