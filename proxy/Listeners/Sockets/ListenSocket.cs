using System.Net.Sockets;

namespace GripProxy.Proxy.Listeners.Sockets;

/// <summary>A bound socket to listen on.</summary>
/// <param name="Socket">The socket.</param>
/// <param name="IsShared">Whether other processes may listen on the same port, with sockets of their own.</param>
/// <param name="IsInherited">Whether other processes may have this very socket.</param>
internal readonly record struct ListenSocket(Socket Socket, bool IsShared, bool IsInherited = false);
