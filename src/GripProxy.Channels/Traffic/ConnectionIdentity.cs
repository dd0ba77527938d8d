using System.Net;

namespace GripProxy.Channels.Traffic;

/// <summary>What is told of a client's connection (STA-05). Immutable.</summary>
/// <param name="Id">Its id: that of the hold, of the log and of <c>Connection-Id</c>.</param>
/// <param name="Peer">The logical address of the client (HTTP-08), or null: unknown, as for a local socket.</param>
/// <param name="IsSecure">Whether it came by TLS.</param>
public sealed record ConnectionIdentity(string Id, IPAddress? Peer, bool IsSecure);
