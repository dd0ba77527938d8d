namespace GripProxy.Plugins.Egress;

/// <summary>So many redirects a minute to one host: two that send a request to each other do not keep us busy. Thread-safe.</summary>
internal sealed class RedirectBudget(TimeProvider time)
{
    private const int EachMinute = 20;

    // Far more hosts than friendly plugins are sent to in a minute.
    private const int MostHosts = 10_000;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, int> _counts = new(StringComparer.OrdinalIgnoreCase);
    private long _minute = time.GetTimestamp();

    /// <summary>Takes one redirect.</summary>
    /// <returns>False if there is none left.</returns>
    public bool Take(string host)
    {
        lock (_gate)
        {
            if (time.GetElapsedTime(_minute) >= TimeSpan.FromMinutes(1))
            {
                _counts.Clear();
                _minute = time.GetTimestamp();
            }

            var count = _counts.GetValueOrDefault(host);
            if (count >= EachMinute || (count == 0 && _counts.Count >= MostHosts))
                return false;
            _counts[host] = count + 1;
            return true;
        }
    }
}
