using GripProxy.Protocol.Http;

namespace GripProxy.Protocol.Items;

/// <summary>Makes the answer of a response hold from the held template and a published response (HTTP-25).</summary>
public static class ResponseMerge
{
    /// <summary>
    /// The template with the published status, headers and body. A patch that does not apply gives an empty body (OBS-43).
    /// </summary>
    public static HttpReply Apply(HttpReply template, HttpResponseFormat published) =>
        throw new NotSupportedException("contract only");
}
