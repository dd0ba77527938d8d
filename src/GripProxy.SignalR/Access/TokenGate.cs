using GripProxy.Channels.Outcomes;
using GripProxy.Channels.Timing;
using GripProxy.Holds.Messages;
using GripProxy.Security.Access;
using GripProxy.SignalR.Hubs;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.SignalR;

namespace GripProxy.SignalR.Access;

/// <summary>A client's token says whether it may connect, what it may have, and how long (SIG-03). Thread-safe.</summary>
internal sealed class TokenGate(SignalRParts parts) : IHubGate
{
    private const string Scheme = "Bearer ";

    /// <inheritdoc/>
    public string? Refuse(HttpContext negotiation) => Check(negotiation) is { IsAllowed: false } refusal ? refusal.Detail : null;

    /// <inheritdoc/>
    public async Task<HubSession> OpenAsync(HttpContext context, HubClient client, CancellationToken clientGone)
    {
        var decision = Check(context);
        if (!decision.IsAllowed)
            throw new HubException($"refused: {decision.Detail}");
        var admission = parts.Admit(context);
        if (admission.Request is not { } request)
            throw new HubException($"refused: status {admission.Status}");
        var connection = parts.Holds.HoldMessages(request with { Instruct = request.Instruct with { Meta = decision.Meta } }, client);
        var expiry = new WheelTimer(static held => ((MessageConnection)held).End(CloseReason.TokenExpired), connection);
        var session = new HubSession(connection, Left, new TokenRights(decision.Scope));
        var left = decision.Expires - parts.Wheel.Time.GetUtcNow();
        parts.Wheel.Schedule(expiry, left > TimeSpan.Zero ? left : TimeSpan.Zero);
        await session.BeginAsync(OriginAnswer.Nothing);
        return session;

        void Left()
        {
            parts.Wheel.Cancel(expiry);
            admission.Left();
        }
    }

    private SubscriberDecision Check(HttpContext context) => parts.CheckToken(TokenOf(context.Request));

    // A browser cannot set headers of a WebSocket or an event stream: there SignalR writes the token into the query.
    private static string? TokenOf(HttpRequest request)
    {
        var header = request.Headers.Authorization.ToString();
        return header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) ? header[Scheme.Length..].Trim() : request.Query["access_token"];
    }
}
