using System.Text.Json;
using GripProxy.Origin;

namespace GripProxy.OriginSample;

/// <summary>Who has the page open, by heartbeat. Thread-safe; guarded by its lock.</summary>
internal sealed class People
{
    /// <summary>Channel on which changes are published.</summary>
    public const string Channel = "chat-people";

    // Pages call every ten seconds; two calls may get lost.
    private static readonly TimeSpan Absent = TimeSpan.FromSeconds(35);

    /// <summary>Bound of the list: anybody can call.</summary>
    private const int Capacity = 1000;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, (Person Person, DateTimeOffset Seen)> _pages = new(StringComparer.Ordinal);
    private readonly TimeProvider _time;
    private long _version;

    /// <summary>Starts empty. Versions begin with the time, so that they go on increasing over a restart.</summary>
    public People(TimeProvider time)
    {
        _time = time;
        _version = time.GetUtcNow().ToUnixTimeMilliseconds();
    }

    /// <summary>Takes a valid heartbeat; true if the list looks different now.</summary>
    public bool Take(Heartbeat heartbeat)
    {
        var (page, user, transports) = (heartbeat.Page!, heartbeat.User!.Trim(), heartbeat.Transports!); // checked by the endpoint
        lock (_lock)
        {
            var isKnown = _pages.TryGetValue(page, out var before);
            if (transports.Length == 0)
                return Changed(_pages.Remove(page));
            if (!isKnown && _pages.Count >= Capacity)
                return false;
            _pages[page] = (new Person(user, transports), _time.GetUtcNow());
            return Changed(!isKnown || before.Person.User != user || !before.Person.Transports.SequenceEqual(transports, StringComparer.Ordinal));
        }
    }

    /// <summary>Forgets pages that were not heard for a while; true if there were any.</summary>
    public bool Sweep()
    {
        var now = _time.GetUtcNow();
        lock (_lock)
        {
            var gone = _pages.Where(page => now - page.Value.Seen > Absent).Select(page => page.Key).ToArray();
            foreach (var page in gone)
                _pages.Remove(page);
            return Changed(gone.Length > 0);
        }
    }

    /// <summary>The list, by name.</summary>
    public PeopleList List()
    {
        lock (_lock)
            return new PeopleList(_version, [.. _pages.Values.Select(page => page.Person).OrderBy(person => person.User, StringComparer.Ordinal)]);
    }

    /// <summary>The list as an event of a stream.</summary>
    public string Event() => ServerSentEvent.Write(JsonSerializer.Serialize(List(), JsonSerializerOptions.Web), "people");

    /// <summary>The list as an item to publish.</summary>
    public GripItem Item() => new GripItem(Channel).WithHttpStream(Event()).WithWebSocketMessage(SocketText.Write("people", List()));

    private bool Changed(bool isChanged)
    {
        if (isChanged)
            _version++;
        return isChanged;
    }
}
