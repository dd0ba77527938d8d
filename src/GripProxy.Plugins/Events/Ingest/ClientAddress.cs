using System.Net;
using Microsoft.AspNetCore.Http;

namespace GripProxy.Plugins.Events.Ingest;

/// <summary>Who sent a request: the connection's peer, or behind trusted proxies the nearest address that is none of theirs (plugins-http.md §3.1). Immutable.</summary>
internal sealed class ClientAddress(IReadOnlyList<IPNetwork> trusted)
{
    /// <summary>The address as text, or null if it is not known.</summary>
    public string? Of(HttpContext context)
    {
        var address = Plain(context.Connection.RemoteIpAddress);
        var hops = context.Request.Headers["X-Forwarded-For"].ToString().Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        for (var i = hops.Length - 1; i >= 0 && address is not null && IsTrusted(address); i--)
        {
            if (!IPAddress.TryParse(hops[i], out var next))
                break;
            address = Plain(next);
        }

        return address?.ToString();
    }

    private bool IsTrusted(IPAddress address) => trusted.Any(network => network.Contains(address));

    private static IPAddress? Plain(IPAddress? address) => address is { IsIPv4MappedToIPv6: true } ? address.MapToIPv4() : address;
}
