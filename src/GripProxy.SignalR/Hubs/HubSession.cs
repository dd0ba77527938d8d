using GripProxy.Holds.Messages;
using GripProxy.SignalR.Access;

namespace GripProxy.SignalR.Hubs;

/// <summary>One connected client: its hold and its rights. SignalR calls it for one thing after the other; <see cref="Dispose"/> may come between.</summary>
/// <param name="connection">The hold.</param>
/// <param name="left">Called once when the client is gone.</param>
/// <param name="rights">What it may have.</param>
internal sealed class HubSession(MessageConnection connection, Action left, IClientRights rights) : IDisposable
{
    private int _isOver;

    /// <summary>Id of the hold.</summary>
    public string Id => connection.Id;

    /// <summary>Gives the client what its route and its origin give it at once. If that fails the session is over.</summary>
    public async ValueTask BeginAsync(OriginAnswer opening)
    {
        try
        {
            await connection.BeginAsync();
            await connection.ApplyAsync(opening.Controls, asked: null, position: null);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Gives the client the channel it asks for, if it may have it.</summary>
    public ValueTask<SubscribeRefusal> SubscribeAsync(string channel, string? position) => connection.IsChannelName(channel)
        ? rights.SubscribeAsync(connection, channel, position)
        : ValueTask.FromResult(SubscribeRefusal.BadChannel);

    /// <summary>Takes a channel away, if the client has it.</summary>
    public void Unsubscribe(string channel) => connection.Unsubscribe(channel);

    /// <summary>The client is gone.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _isOver, 1) != 0)
            return;
        connection.Dispose();
        rights.Leave();
        left();
    }
}
