using GripProxy.Channels.Connections;
using GripProxy.Channels.Outcomes;
using GripProxy.Control.Http;

namespace GripProxy.Control.Inspect.Connections;

/// <summary>Which connections a list shall have (CTL-04). Immutable.</summary>
internal sealed class ConnectionFilter
{
    private string? _route;
    private HeldTransport? _transport;
    private Dictionary<string, string> _meta = [];

    /// <summary>Only connections on this channel, or null: all. Found by the table, not by <see cref="Fits"/>.</summary>
    public string? Channel { get; private init; }

    /// <summary>Reads the parameters; null: one is wrong.</summary>
    public static ConnectionFilter? Read(OwnRequest request, out ControlAnswer? problem)
    {
        var filter = new ConnectionFilter { Channel = request.Parameter("channel"), _route = request.Parameter("route") };
        problem = filter.ReadTransport(request) ?? filter.ReadMeta(request);
        return problem is null ? filter : null;
    }

    /// <summary>True if everything but the channel fits.</summary>
    public bool Fits(IHeldConnection connection) =>
        (_route is null || connection.Route == _route)
        && (_transport is null || connection.Transport == _transport)
        && (_meta.Count == 0 || connection.HasMeta(_meta));

    private ControlAnswer? ReadTransport(OwnRequest request)
    {
        if (request.Parameter("transport") is not { } word)
            return null;
        foreach (var transport in Enum.GetValues<HeldTransport>())
        {
            if (transport.Word() == word)
                _transport = transport;
        }

        return _transport is null
            ? Problem.InvalidParameter($"transport is '{word}', expected one of {string.Join(", ", Enum.GetValues<HeldTransport>().Select(each => each.Word()))}")
            : null;
    }

    private ControlAnswer? ReadMeta(OwnRequest request)
    {
        if (!request.Query.TryGetValue("meta", out var pairs))
            return null;
        _meta = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var pair in pairs)
        {
            var colon = pair?.IndexOf(':', StringComparison.Ordinal) ?? -1;
            if (colon <= 0)
                return Problem.InvalidParameter($"meta is '{pair}', expected name:value");
            _meta[pair![..colon]] = pair[(colon + 1)..]; // It has a colon, so it is there.
        }

        return null;
    }
}
