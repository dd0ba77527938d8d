using System.Globalization;
using GripProxy.Protocol.Http;

namespace GripProxy.Protocol.Routes;

/// <summary>Reads the condition of a route line with its options (routes.md §3). Lives for one line.</summary>
internal sealed class ConditionReader(Action<string> warn)
{
    private readonly List<HeaderField> _headers = [];
    private string? _error;
    private string? _replaceBegin;
    private string? _defaultMethod;

    /// <summary>Gives the route with the condition's values, or null and the text of RTE-10…28 that says what is wrong.</summary>
    public RouteConfig? Read(RouteConfig route, RouteSection section, out string? error)
    {
        foreach (var prop in section.Props)
        {
            route = ApplyMatching(route, prop) ?? ApplyRewriting(route, prop) ?? ApplyFeature(route, prop) ?? Unknown(route, prop);
            if (_error is not null)
                break;
        }

        error = _error;
        return error is null ? Finish(route) : null;
    }

    // What belongs together can stand in any order, so it is put together at the end.
    private RouteConfig Finish(RouteConfig route)
    {
        if (_replaceBegin is not null)
            route = route with { ReplaceBegin = _replaceBegin, PathRemove = route.PathBegin?.Length ?? 0 };
        var method = _defaultMethod ?? (route.Jsonp.Mode == JsonpMode.Basic ? "POST" : "GET");
        return route with { Headers = _headers, Jsonp = route.Jsonp with { DefaultMethod = method } };
    }

    private RouteConfig? ApplyMatching(RouteConfig route, RouteProp prop) => prop.Name switch
    {
        "proto" => prop.Value switch
        {
            "http" => route with { Protocol = RouteProtocol.Http },
            "ws" => route with { Protocol = RouteProtocol.WebSocket },
            _ => Fail(route, "proto must be set to 'http' or 'ws'"),
        },
        "ssl" => prop.Value switch
        {
            "yes" => route with { Ssl = true },
            "no" => route with { Ssl = false },
            _ => Fail(route, "ssl must be set to 'yes' or 'no'"),
        },
        "id" => route with { ExplicitId = NullIfEmpty(prop.Value) },
        "path_beg" => prop.Value.Length == 0 ? Fail(route, "path_beg cannot be empty: expected the beginning of a path, such as /api/") : route with { PathBegin = prop.Value },
        _ => null,
    };

    private RouteConfig? ApplyRewriting(RouteConfig route, RouteProp prop)
    {
        switch (prop.Name)
        {
            case "path_rem":
                return int.TryParse(prop.Value, NumberStyles.None, CultureInfo.InvariantCulture, out var count)
                    ? route with { PathRemove = count }
                    : Fail(route, "path_rem must be a whole number of 0 or more");
            case "replace_beg":
                _replaceBegin = prop.Value;
                return route;
            case "as_host":
                return route with { AsHost = NullIfEmpty(prop.Value) };
            case "header":
                return ApplyHeader(route, prop.Value);
            case "orig_headers":
                return Flag(prop, route with { OriginalHeaders = true });
            default:
                return null;
        }
    }

    private RouteConfig ApplyHeader(RouteConfig route, string text)
    {
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        var name = colon < 0 ? "" : text[..colon].Trim();
        var value = text[(colon + 1)..].Trim();
        if (!HeaderText.IsToken(name) || !HeaderText.IsSafeValue(value))
            return Fail(route, "header must use format 'name:value'");
        _headers.Add(new HeaderField(name, HeaderText.FromUnicode(value)));
        return route;
    }

    private RouteConfig? ApplyFeature(RouteConfig route, RouteProp prop) => prop.Name switch
    {
        "sig_iss" => route with { SigIssuer = NullIfEmpty(prop.Value) },
        "sig_key" => route with { SigKey = NullIfEmpty(prop.Value) },
        "prefix" => route with { ChannelPrefix = prop.Value },
        "debug" => Flag(prop, route with { Debug = true }),
        "aco" => Flag(prop, route with { AutoCrossOrigin = true }),
        "session" => NoSession(route),
        "sockjs" => route with { SockJs = NullIfEmpty(prop.Value) },
        "sockjs_as_path" => route with { SockJsAsPath = NullIfEmpty(prop.Value) },
        "no_grip" => Flag(prop, route with { NoGrip = true }),
        "log_level" => prop.Value is [>= '0' and <= '4'] ? route with { LogLevel = prop.Value[0] - '0' } : Fail(route, "log_level must be set to 0, 1, 2, 3 or 4"),
        "ingest" => prop.Value is "true" or "" ? route with { Ingest = true }
            : prop.Value is "false" ? route with { Ingest = false }
            : Fail(route, "ingest must be set to 'true' or 'false'"),
        _ => ApplyJsonp(route, prop),
    };

    private RouteConfig? ApplyJsonp(RouteConfig route, RouteProp prop)
    {
        var value = NullIfEmpty(prop.Value);
        switch (prop.Name)
        {
            case "jsonp_mode" when prop.Value is "extended" or "basic":
                return route with { Jsonp = route.Jsonp with { Mode = prop.Value == "basic" ? JsonpMode.Basic : JsonpMode.Extended } };
            case "jsonp_mode":
                return Fail(route, "jsonp_mode must be set to 'basic' or 'extended'");
            case "jsonp_cb":
                return route with { Jsonp = route.Jsonp with { CallbackParameter = value ?? "callback" } };
            case "jsonp_body":
                return route with { Jsonp = route.Jsonp with { BodyParameter = value } };
            case "jsonp_defcb":
                return route with { Jsonp = route.Jsonp with { DefaultCallback = value } };
            case "jsonp_defmethod":
                _defaultMethod = value;
                return route;
            default:
                return null;
        }
    }

    private RouteConfig Unknown(RouteConfig route, RouteProp prop)
    {
        warn(RouteOptionNames.NotOfCondition(prop.Name));
        return route;
    }

    private RouteConfig NoSession(RouteConfig route)
    {
        warn("option 'session' has no effect: sessions (Grip-Session-Id) are not supported");
        return route;
    }

    private RouteConfig Flag(RouteProp prop, RouteConfig route)
    {
        if (prop.HasValue)
            warn($"option '{prop.Name}' takes no value; it is set");
        return route;
    }

    private RouteConfig Fail(RouteConfig route, string error)
    {
        _error = error;
        return route;
    }

    private static string? NullIfEmpty(string value) => value.Length == 0 ? null : value;
}
