namespace GripProxy.Holds.Messages;

/// <summary>The origin of a client of a message protocol, which decides what the client may have (SIG-02). Implemented where requests are forwarded.</summary>
public interface IMessageOrigin
{
    /// <summary>Asks it with one message; one question at a time. Never throws for what an origin does.</summary>
    Task<OriginAnswer> AskAsync(ReadOnlyMemory<byte> text);

    /// <summary>Tells it that the client is gone. Never waits; may be called twice.</summary>
    void Leave();
}
