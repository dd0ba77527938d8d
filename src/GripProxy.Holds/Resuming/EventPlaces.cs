using GripProxy.Protocol;

namespace GripProxy.Holds.Resuming;

/// <summary>
/// Where the client of one stream stands on its logged channels, as the ids of its events say (LOG-04). Owned by the writer of the stream.
/// </summary>
internal sealed class EventPlaces
{
    private readonly List<string> _channels = [];
    private readonly List<(string Key, Position? Position)> _places = [];

    /// <summary>True if each id names several channels, so that it is this client's alone.</summary>
    public bool AreMany => _channels.Count > 1;

    /// <summary>The id now; empty while no place is known.</summary>
    public string Id => EventIds.Write([.. _places.Where(static place => place.Position is not null).Select(static place => (place.Key, place.Position!.Value))]);

    /// <summary>Begins with a channel; null: its place is that of the first item, so it is the only one.</summary>
    public void Add(string channel, Position? position)
    {
        _channels.Add(channel);
        _places.Add((EventIds.KeyOf(channel), position));
    }

    /// <summary>True if ids speak of the channel. The channels never change.</summary>
    public bool Has(string channel) => _channels.Contains(channel);

    /// <summary>The client gets the item of that position; says with which id. Null: not a channel that ids speak of.</summary>
    public string? Advance(string channel, Position position)
    {
        var index = _channels.IndexOf(channel);
        if (index < 0)
            return null;
        _places[index] = _places[index] with { Position = position };
        return Id;
    }
}
