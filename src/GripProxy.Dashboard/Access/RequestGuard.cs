using System.Net;
using GripProxy.Dashboard.Http;
using GripProxy.Security.Access;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace GripProxy.Dashboard.Access;

/// <summary>
/// Lets in who signed in (own-config.md, [dashboard]), from the page itself and from no other. A browser sends nothing by itself that signs in; what is
/// checked besides protects a dashboard without keys, which every page in a browser of this machine could otherwise reach. Thread-safe.
/// </summary>
internal sealed class RequestGuard(DashboardOptions options, ControlAuthorizer keys)
{
    /// <summary>A header that pages of other sites cannot send without asking first, which nobody answers.</summary>
    public const string OwnHeader = "X-GripProxy-Dashboard";

    /// <summary>Why a request of the page is refused, or null: it may go on.</summary>
    public DashboardProblem? Check(HttpContext context)
    {
        var request = context.Request;
        if (CheckCredentials(request) is { } refused)
            return refused;
        if (CheckSite(context) is { } foreign)
            return foreign;
        return HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method) || request.Headers.ContainsKey(OwnHeader)
            ? null
            : DashboardProblem.CrossSite($"an action without the header {OwnHeader}, expected it from the page of the dashboard");
    }

    /// <summary>Why a request cannot be one of the page, or null: it can.</summary>
    public DashboardProblem? CheckSite(HttpContext context)
    {
        var request = context.Request;
        var isLoopback = IPAddress.IsLoopback(options.Listen.Address);
        if (keys.IsOpen && !isLoopback)
            return DashboardProblem.Closed;
        // Whoever has a name that leads to this machine could otherwise be the "same site".
        if (keys.IsOpen && !IsOfThisMachine(request.Host))
            return DashboardProblem.CrossSite($"host is '{request.Host}', expected an address of this machine, because no key is set");
        if (request.Headers["Sec-Fetch-Site"] is [var site] && site is not ("same-origin" or "none"))
            return DashboardProblem.CrossSite("a request from another site, expected one from the page of the dashboard");
        if (request.Headers[HeaderNames.Origin] is { Count: > 0 } origin && !IsSame(origin.ToString(), request.Host))
            return DashboardProblem.CrossSite("a request from another origin, expected one from the page of the dashboard");
        return null;
    }

    private DashboardProblem? CheckCredentials(HttpRequest request)
    {
        var lines = request.Headers.Authorization;
        var decision = keys.Authorize(lines.Count == 0 ? [] : [.. lines.Select(static line => line ?? "")], realm: null);
        if (!decision.IsAllowed)
            return DashboardProblem.Refused(decision);
        return decision.IsUnrestricted ? null : DashboardProblem.Limited;
    }

    private static bool IsOfThisMachine(HostString host) =>
        host.Host.Equals("localhost", StringComparison.OrdinalIgnoreCase) || (IPAddress.TryParse(host.Host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address));

    // Whoever ends TLS in front of us changes the scheme, and nothing else.
    private static bool IsSame(string origin, HostString host) =>
        Uri.TryCreate(origin, UriKind.Absolute, out var uri) && uri.Authority.Equals(host.Value, StringComparison.OrdinalIgnoreCase);
}
