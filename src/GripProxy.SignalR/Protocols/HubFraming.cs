using GripProxy.Holds.Messages;

namespace GripProxy.SignalR.Protocols;

/// <summary>Messages as one of SignalR's protocols writes them. Immutable.</summary>
internal abstract class HubFraming : MessageFraming
{
    /// <summary>Name of the protocol.</summary>
    public abstract string Protocol { get; }

    /// <summary>Bytes of the first of one or more whole messages.</summary>
    public abstract int LengthOfFirst(ReadOnlySpan<byte> framed);
}
