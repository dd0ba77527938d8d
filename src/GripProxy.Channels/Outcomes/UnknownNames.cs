namespace GripProxy.Channels.Outcomes;

/// <summary>Names of filters or formats that do not exist (FLT-01, PUB-10), so that each is logged once. Thread-safe: guarded by its own lock.</summary>
public sealed class UnknownNames
{
    // Names come from origins and publishers: there may be any number of them, of any length.
    private const int MaxNames = 100;
    private const int MaxLength = 100;

    private readonly HashSet<string> _names = new(StringComparer.Ordinal);

    /// <summary>True if the name is to be logged: it was not yet, and there is room to remember it.</summary>
    public bool IsNew(string name)
    {
        if (name.Length > MaxLength)
            return false;
        lock (_names)
            return _names.Count < MaxNames && _names.Add(name);
    }
}
