using Microsoft.AspNetCore.SignalR.Protocol;

namespace GripProxy.SignalR.Protocols;

/// <summary>An invocation at a client of which the bytes are there already, shared by all connections that get the same. Immutable.</summary>
/// <param name="bytes">The whole message in the protocol of the connection.</param>
internal sealed class EncodedMessage(ReadOnlyMemory<byte> bytes) : InvocationMessage("item", [])
{
    /// <summary>The whole message.</summary>
    public ReadOnlyMemory<byte> Bytes => bytes;
}
