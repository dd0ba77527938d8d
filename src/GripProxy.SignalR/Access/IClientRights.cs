using GripProxy.Holds.Messages;

namespace GripProxy.SignalR.Access;

/// <summary>What one client may subscribe to. Owned by its session, which asks one question at a time.</summary>
internal interface IClientRights
{
    /// <summary>Gives the client the channel it asks for, if it may have it.</summary>
    /// <param name="connection">The client.</param>
    /// <param name="channel">Name of the channel; it can be one.</param>
    /// <param name="position">Where the client says that it stands, or null.</param>
    ValueTask<SubscribeRefusal> SubscribeAsync(MessageConnection connection, string channel, string? position);

    /// <summary>The client is gone. May be called twice.</summary>
    void Leave();
}
