using GripProxy.SignalR.Hubs;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.SignalR;

namespace GripProxy.SignalR.Access;

/// <summary>The origin of the hub's route says who may connect, and what each may have (SIG-02). Thread-safe.</summary>
internal sealed class OriginGate(SignalRParts parts) : IHubGate
{
    /// <inheritdoc/>
    public string? Refuse(HttpContext negotiation) => null;

    /// <inheritdoc/>
    public async Task<HubSession> OpenAsync(HttpContext context, HubClient client, CancellationToken clientGone)
    {
        var admission = await parts.AskOrigin(context, clientGone);
        if (admission.Request is not { } request || admission.Origin is not { } origin)
            throw new HubException($"refused: status {admission.Status}");
        var session = new HubSession(parts.Holds.HoldMessages(request, client), admission.Left, new OriginRights(origin));
        await session.BeginAsync(admission.Opening);
        return session;
    }
}
