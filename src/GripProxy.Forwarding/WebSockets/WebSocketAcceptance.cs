using GripProxy.Forwarding.Headers;
using GripProxy.Forwarding.Requests;
using GripProxy.Holds.WebSockets;
using GripProxy.Protocol.Http;
using GripProxy.Protocol.Instructs;
using GripProxy.Protocol.Routes;
using GripProxy.Protocol.WebSockets;

namespace GripProxy.Forwarding.WebSockets;

/// <summary>What an origin's yes to a WebSocket means for the client (WS-01, WS-05, WS-10). Stateless.</summary>
internal static class WebSocketAcceptance
{
    private const string Extensions = "Sec-WebSocket-Extensions";

    /// <summary>The opening for headers with which an origin accepted: those of the connection stay behind, the rest is for the client.</summary>
    /// <param name="origin">The origin's side.</param>
    /// <param name="headers">All headers of the answer.</param>
    /// <param name="request">The client's request.</param>
    /// <param name="route">Its route.</param>
    public static WebSocketOpening Of(IWebSocketOrigin origin, HeaderList headers, ClientRequest request, RouteConfig route)
    {
        var grip = GripExtension.Find(headers);
        var passed = Pass(headers, request, route);
        // DIF-28: the proxy in front, which we trust, does the GRIP work.
        if (request.IsTrusted && grip is not null)
            passed.Add(Extensions, Write(grip));
        return new WebSocketOpening { Origin = origin, Grip = IsGrip(request, route) ? grip : null, Headers = passed };
    }

    /// <summary>What passes of the headers of an origin's yes or no (WS-01, WS-04).</summary>
    public static HeaderList Pass(HeaderList headers, ClientRequest request, RouteConfig route)
    {
        var stripGrip = IsGrip(request, route);
        var passed = new HeaderList();
        foreach (var field in headers)
        {
            if (!IsOfConnection(field.Name) && !(stripGrip && GripMarkers.IsGripHeader(field.Name)))
                passed.Add(field.Name, field.Value);
        }

        return passed;
    }

    // WS-05: everybody else gets what the origin says as it is.
    private static bool IsGrip(ClientRequest request, RouteConfig route) => !request.IsTrusted && !route.NoGrip;

    private static bool IsOfConnection(string name) =>
        ResponseHeaderRules.IsHop(name)
        || name.Equals("Upgrade", StringComparison.OrdinalIgnoreCase)
        || name.Equals("Content-Length", StringComparison.OrdinalIgnoreCase)
        || name.Equals("Sec-WebSocket-Accept", StringComparison.OrdinalIgnoreCase)
        || name.Equals(Extensions, StringComparison.OrdinalIgnoreCase);

    private static string Write(GripExtension grip)
    {
        var prefix = grip.MessagePrefix.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal);
        return $"grip; message-prefix=\"{prefix}\"";
    }
}
