using GripProxy.Forwarding.Jsonp;
using GripProxy.Forwarding.Requests;
using GripProxy.Protocol.Http;

namespace GripProxy.Forwarding.Answers;

/// <summary>Gives a client its answer in the form it asked for: as a script (HTTP-40), or with CORS headers (HTTP-39), or as it is.</summary>
internal static class ClientReply
{
    /// <summary>Writes an answer that nothing was held for, or an error of ours; gives back how many bytes of body the client got.</summary>
    /// <param name="request">The request.</param>
    /// <param name="reply">The answer.</param>
    /// <param name="close">Whether the connection ends with it; it does so anyway if a part of the request's body was not read.</param>
    public static Task<int> WriteAsync(ClientRequest request, HttpReply reply, bool close = false) =>
        SendAsync(request, request.Jsonp is { } call ? JsonpAnswer.Wrap(call, reply) : reply, close);

    /// <summary>Writes the answer to a held request.</summary>
    /// <param name="request">The request.</param>
    /// <param name="reply">The answer.</param>
    /// <param name="close">Whether the connection ends with it.</param>
    public static Task<int> WriteHeldAsync(ClientRequest request, HttpReply reply, bool close) =>
        SendAsync(request, request.Jsonp is { } call ? JsonpAnswer.WrapHeld(call, reply) : reply, close);

    private static Task<int> SendAsync(ClientRequest request, HttpReply reply, bool close) => ReplyWriter.WriteAsync(
        request.Context, reply, request.IsCrossOrigin && request.Jsonp is null, close || request.HasUnreadBody);
}
