using System.Net;

namespace GripProxy.Proxy.Listeners;

/// <summary>A port could not be bound (CLI-04).</summary>
internal sealed class ListenException(EndPoint address, string reason, Exception inner) : IOException($"unable to bind {address}: {reason}", inner);
