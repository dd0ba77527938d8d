using System.Net;

namespace GripProxy.Forwarding.Requests;

/// <summary>The logical address of a client, for log lines and stats only, because anybody may say anything (HTTP-08, DIF-52).</summary>
internal static class LogicalAddress
{
    /// <summary>What the client says of itself, unless the rule drops that, else the TCP peer; null: unknown, as for a local socket.</summary>
    public static IPAddress? Of(ClientRequest request, ForwardingOptions options)
    {
        var rule = request.IsTrusted ? options.ForwardedForTrusted : options.ForwardedFor;
        if (!rule.DropsClientValues && request.Context.Request.Headers["X-Forwarded-For"] is { Count: > 0 } values)
        {
            var value = (values[0] ?? "").AsSpan();
            var comma = value.IndexOf(',');
            if (IPAddress.TryParse((comma < 0 ? value : value[..comma]).Trim(), out var said))
                return said;
        }

        return request.Peer;
    }
}
