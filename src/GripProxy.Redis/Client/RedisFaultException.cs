namespace GripProxy.Redis.Client;

/// <summary>A call to Redis failed. Whether it was done there is not known.</summary>
internal sealed class RedisFaultException(RedisFault fault, string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>Why.</summary>
    public RedisFault Fault { get; } = fault;

    /// <summary>True: the server does not know the script, so it is another process than before, or it was started anew.</summary>
    public bool IsUnknownScript { get; init; }
}
