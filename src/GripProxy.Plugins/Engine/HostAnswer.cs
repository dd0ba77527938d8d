namespace GripProxy.Plugins.Engine;

/// <summary>What the host answers a plugin's request. Immutable.</summary>
/// <param name="Json">The result as JSON; empty: nothing.</param>
/// <param name="Error">Why it was not done, or null.</param>
internal readonly record struct HostAnswer(ReadOnlyMemory<byte> Json, PluginError? Error = null)
{
    /// <summary>Done, with nothing to say.</summary>
    public static HostAnswer Nothing => default;

    /// <summary>Not done.</summary>
    public static HostAnswer Failed(string name, string message) => new(default, new PluginError(name, message, ""));
}
