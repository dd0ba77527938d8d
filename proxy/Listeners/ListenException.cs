using System.Net;

namespace GripProxy.Proxy.Listeners;

/// <summary>A port cannot be opened (CLI-04).</summary>
internal sealed class ListenException(string message, Exception inner) : IOException(message, inner)
{
    /// <summary>A port cannot be bound.</summary>
    public ListenException(EndPoint address, string reason, Exception inner)
        : this($"unable to bind {address}: {reason}", inner)
    {
    }
}
