using GripProxy.Holds.Messages;
using GripProxy.Security.Access;

namespace GripProxy.SignalR.Access;

/// <summary>The channels that a token names (SIG-03). Immutable.</summary>
internal sealed class TokenRights(ChannelScope scope) : IClientRights
{
    /// <inheritdoc/>
    public ValueTask<SubscribeRefusal> SubscribeAsync(MessageConnection connection, string channel, string? position) =>
        scope.Covers(channel) ? connection.SubscribeAsync(channel, position) : ValueTask.FromResult(SubscribeRefusal.NotAllowed);

    /// <inheritdoc/>
    public void Leave()
    {
        // Nobody needs to know.
    }
}
