namespace GripProxy.Plugins.Engine;

/// <summary>What plugin code threw, as text. Immutable.</summary>
/// <param name="Name">Name of the error's class.</param>
/// <param name="Message">Its message.</param>
/// <param name="Stack">Its stack, with the lines of the source.</param>
internal sealed record PluginError(string Name, string Message, string Stack)
{
    /// <summary>True for the wish to be called again later.</summary>
    public bool IsRetry => Name == "RetryError";

    /// <summary>True if the call took too long.</summary>
    public bool IsTimeout => Name == "TimeoutError";
}
