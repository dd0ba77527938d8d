using GripProxy.Control.Diagnostics;
using Microsoft.AspNetCore.Http;

namespace GripProxy.Control.Http;

/// <summary>Checks how the body is announced, before anything of it is read (PUB-02).</summary>
internal static class RequestFraming
{
    /// <summary>The answer to a request without a usable body length, or null if it is in order.</summary>
    /// <param name="request">The request.</param>
    /// <param name="maxBodySize">Longest body in bytes.</param>
    public static ControlAnswer? Check(HttpRequest request, int maxBodySize)
    {
        if (request.ContentLength is { } length)
            return length > maxBodySize ? BodyTooLarge : null;
        return MayOmitLength(request.Method) || request.Headers.TransferEncoding.Count > 0 ? null : LengthRequired;
    }

    /// <summary>A body above the limit. There is no 413 (PUB-02).</summary>
    public static ControlAnswer BodyTooLarge { get; } =
        ControlAnswer.Refusal(400, "Request body too large.\n", RefusalReason.BodyTooLarge) with { EndsConnection = true };

    private static ControlAnswer LengthRequired { get; } =
        ControlAnswer.Refusal(411, ControlFramingText.LengthRequired, RefusalReason.LengthRequired) with { EndsConnection = true };

    private static bool MayOmitLength(string method) =>
        HttpMethods.IsGet(method) || HttpMethods.IsHead(method) || HttpMethods.IsDelete(method) || HttpMethods.IsOptions(method);
}
