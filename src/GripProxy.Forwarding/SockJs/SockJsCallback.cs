using System.Text;
using GripProxy.Forwarding.Jsonp;
using GripProxy.Forwarding.Requests;

namespace GripProxy.Forwarding.SockJs;

/// <summary>The function that a JSON-P request wants called. Stateless.</summary>
internal static class SockJsCallback
{
    /// <summary>The name in <c>callback</c> or <c>c</c>; null if there is none, or something else than a name: it becomes part of a script.</summary>
    public static string? Find(RequestTarget target)
    {
        var parameters = new QueryParameters(target.Query);
        if ((parameters.Take("callback") ?? parameters.Take("c")) is not { Length: > 0 } bytes)
            return null;
        var name = Encoding.UTF8.GetString(bytes);
        return JsonpRequestReader.IsCallback(name) ? name : null;
    }
}
