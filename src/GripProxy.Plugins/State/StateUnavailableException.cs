namespace GripProxy.Plugins.State;

/// <summary>The state store cannot be read or written now: its disk is full, its file damaged, its server away.</summary>
internal sealed class StateUnavailableException(string message, Exception? inner = null) : IOException(message, inner)
{
    /// <summary>True: it will not pass by itself; somebody has to mend the configuration.</summary>
    public bool IsLasting { get; init; }
}
