namespace GripProxy.Protocol.Filters;

/// <summary>The connection that filters decide for (FLT-02). Immutable.</summary>
/// <param name="Meta">Subscription meta.</param>
/// <param name="Channels">Names of all its channels, as the origin knows them, without prefix.</param>
public sealed record FilterSubject(IReadOnlyDictionary<string, string> Meta, IReadOnlyList<string> Channels)
{
    /// <summary>True if the connection has the channel.</summary>
    public bool IsSubscribed(string channel)
    {
        // By index: this runs for every delivery, and an enumerator would be an allocation.
        for (var i = 0; i < Channels.Count; i++)
        {
            if (Channels[i] == channel)
                return true;
        }

        return false;
    }
}
