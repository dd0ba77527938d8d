using System.Runtime.CompilerServices;
using GripProxy.Forwarding.Http;
using GripProxy.Forwarding.Requests;
using GripProxy.Holds;
using GripProxy.Holds.Links;
using GripProxy.Protocol.Routes;
using Microsoft.Extensions.Logging;

namespace GripProxy.Forwarding.Logging;

/// <summary>Writes one line for each exchange with an origin (CLI-11). Thread-safe.</summary>
internal sealed partial class RequestLog(ForwardingOptions options, ILogger<RequestLog> logger)
{
    // 2 is information in the scale of log_level (RTE-28).
    private const int InformationLevel = 2;

    /// <summary>The client got an answer, from the origin or from us.</summary>
    public void Answered(ClientRequest request, RouteConfig? route, OriginTarget? target, IReadOnlyList<GripLast>? lastIds, int code, long bytes)
    {
        if (IsWanted(route))
            Log.Request(logger, Line(request, route, target, lastIds, $"code={code} {bytes}"));
    }

    /// <summary>The client is held.</summary>
    public void Accepted(ClientRequest request, RouteConfig route, OriginTarget? target, IReadOnlyList<GripLast>? lastIds)
    {
        if (IsWanted(route))
            Log.Request(logger, Line(request, route, target, lastIds, "accept"));
    }

    /// <summary>The client got no answer, or a part of one.</summary>
    public void Broken(ClientRequest request, RouteConfig? route, OriginTarget? target, IReadOnlyList<GripLast>? lastIds)
    {
        if (IsWanted(route))
            Log.Request(logger, Line(request, route, target, lastIds, "error"));
    }

    /// <summary>A hold's link was answered (HTTP-30, HTTP-31).</summary>
    public void Fetched(LinkRequest link, RouteConfig route, OriginTarget target, int code, long bytes)
    {
        if (IsWanted(route))
            Log.Request(logger, LogText.Escape($"{link.Method} {link.Uri} -> {target.Name} code={code} {bytes}"));
    }

    /// <summary>A hold's link was not answered.</summary>
    public void FetchFailed(LinkRequest link, RouteConfig route)
    {
        if (IsWanted(route))
            Log.Request(logger, LogText.Escape($"{link.Method} {link.Uri} error"));
    }

    private bool IsWanted(RouteConfig? route) =>
        route?.LogLevel is not < InformationLevel && logger.IsEnabled(LogLevel.Information);

    private string Line(ClientRequest request, RouteConfig? route, OriginTarget? target, IReadOnlyList<GripLast>? lastIds, string outcome)
    {
        var line = new DefaultInterpolatedStringHandler(0, 0, null, stackalloc char[512]);
        line.AppendLiteral(LogText.Escape(request.Method));
        line.AppendLiteral(" ");
        line.AppendLiteral(LogText.Escape(request.Url));
        if (target is not null)
        {
            line.AppendLiteral(" -> ");
            line.AppendLiteral(request.InnerName is { } inner ? LogText.Escape(inner) : target.Name);
            if (target.Config.OverHttp)
                line.AppendLiteral("[http]");
        }

        if (options.LogFrom)
        {
            line.AppendLiteral(" from=");
            line.AppendFormatted(LogicalAddress.Of(request, options));
        }

        AppendIfAny(ref line, " ref=", request.Context.Request.Headers.Referer.ToString());
        AppendIfAny(ref line, " route=", route?.ExplicitId ?? "");
        line.AppendLiteral(" ");
        line.AppendLiteral(outcome);
        if (request.IsRetry)
            line.AppendLiteral(" retry");
        if (request.SharedAs is { } shared)
        {
            line.AppendLiteral(" shared=");
            line.AppendFormatted(shared);
        }

        if (options.LogUserAgent)
            AppendIfAny(ref line, " ua=", request.Context.Request.Headers.UserAgent.ToString());
        if (lastIds is not null)
        {
            foreach (var last in lastIds)
                line.AppendLiteral(LogText.Escape($" #{last.Channel}={last.LastId}"));
        }

        return line.ToStringAndClear();
    }

    private static void AppendIfAny(ref DefaultInterpolatedStringHandler line, string name, string value)
    {
        if (value.Length == 0)
            return;
        line.AppendLiteral(name);
        line.AppendLiteral(LogText.Escape(value));
    }
}
