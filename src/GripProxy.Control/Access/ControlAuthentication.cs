using GripProxy.Control.Diagnostics;
using GripProxy.Control.Http;
using GripProxy.Security.Access;
using Microsoft.AspNetCore.Http;

namespace GripProxy.Control.Access;

/// <summary>Asks who sent a request to the control port, and words the refusals (CTL-01). Thread-safe.</summary>
internal sealed class ControlAuthentication(ControlAuthorizer authorizer)
{
    /// <summary>The refusal of a credential with channel limits where none may be.</summary>
    public static ControlAnswer LimitsNotAllowed { get; } =
        Refusal("the credential is limited to some channels, expected one without limits");

    /// <summary>Decides by the <c>Authorization</c> header alone; nothing of the body was read.</summary>
    public ControlDecision Check(HttpRequest request, string? realm)
    {
        // Without a line there is no element among the header's values.
        var lines = request.Headers.Authorization;
        return authorizer.Authorize(lines.Count == 0 ? [] : [.. lines.Select(line => line ?? "")], realm);
    }

    /// <summary>The answer to a refused request.</summary>
    public static ControlAnswer Refuse(ControlDecision decision)
    {
        var (reason, title) = decision.Refusal switch
        {
            ControlRefusal.SeveralCredentials => (RefusalReason.InvalidParameter, "Several credentials"),
            ControlRefusal.MissingCredentials => (RefusalReason.MissingCredentials, "Credentials needed"),
            ControlRefusal.NotCovered => (RefusalReason.NotCovered, "Not covered"),
            _ => (RefusalReason.InvalidToken, "Invalid credentials"),
        };
        return Problem.Answer(decision.Status, reason, title, decision.Detail);
    }

    /// <summary>The refusal of a publish to a channel outside the credential's patterns.</summary>
    public static ControlAnswer ChannelNotCovered(string channel) =>
        Refusal($"the credential does not cover channel '{channel}', expected only covered channels; nothing was published");

    /// <summary>The refusal of a question about a channel outside the credential's patterns.</summary>
    public static ControlAnswer NotCovered(string channel) =>
        Refusal($"the credential does not cover channel '{channel}', expected one that does");

    private static ControlAnswer Refusal(string detail) => Problem.Answer(403, RefusalReason.NotCovered, "Not covered", detail);
}
