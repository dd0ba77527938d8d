using GripProxy.SignalR.Hubs;
using Microsoft.AspNetCore.Http;

namespace GripProxy.SignalR.Access;

/// <summary>Says who may connect to the hub. Thread-safe.</summary>
internal interface IHubGate
{
    /// <summary>Why a client is refused already when it asks for a connection, or null: it may go on.</summary>
    string? Refuse(HttpContext negotiation);

    /// <summary>Lets a client in.</summary>
    /// <param name="context">The request of its connection.</param>
    /// <param name="client">Writes to it.</param>
    /// <param name="clientGone">It is gone.</param>
    /// <exception cref="Microsoft.AspNetCore.SignalR.HubException">It is refused; says why.</exception>
    /// <exception cref="OperationCanceledException">It is gone.</exception>
    Task<HubSession> OpenAsync(HttpContext context, HubClient client, CancellationToken clientGone);
}
