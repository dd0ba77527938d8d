using System.Globalization;
using GripProxy.Proxy.Listeners.Admission;
using Microsoft.AspNetCore.Http;

namespace GripProxy.Proxy.Listeners;

/// <summary>
/// What a client is told whose request is no HTTP (HTTP-20, HTTP-02). The text names the kind of mistake and never repeats the client's bytes.
/// </summary>
internal static class ClientFramingText
{
    // The server has one status for two of its limits; the text tells them apart.
    private const string TooManyHeaders = "too many headers";

    // Parts of the server's own messages, and Pushpin's word for the same mistake. A test meets each of them on a real socket.
    private static readonly (string Part, string Detail)[] Details =
    [
        ("Invalid content length", "invalid content length"),
        ("Multiple Content-Length", "invalid content length"),
        ("final transfer coding", "unsupported transfer encoding"),
        ("Unrecognized HTTP version", "invalid HTTP version"),
        ("Invalid request target", "invalid request target"),
        ("Multiple Host", "invalid host"),
        ("Invalid Host", "invalid host"),
        ("Request is missing Host", "missing host"),
        ("Unexpected end of request", "incomplete request"),
    ];

    /// <summary>The answer for what the server found.</summary>
    /// <param name="error">The server's finding.</param>
    /// <param name="headLimit">Bytes a head may have.</param>
    public static FramingReply For(BadHttpRequestException error, int headLimit) => error.StatusCode switch
    {
        StatusCodes.Status408RequestTimeout => new(error.StatusCode, "Request timed out.\n"),
        StatusCodes.Status413PayloadTooLarge => new(error.StatusCode, "Request body too large.\n"),
        StatusCodes.Status431RequestHeaderFieldsTooLarge when error.Message.Contains(TooManyHeaders, StringComparison.OrdinalIgnoreCase)
            => new(error.StatusCode, $"Failed to parse request: {TooManyHeaders}\n"),
        StatusCodes.Status414UriTooLong or StatusCodes.Status431RequestHeaderFieldsTooLarge
            => new(StatusCodes.Status400BadRequest, string.Create(CultureInfo.InvariantCulture, $"Request header size exceeded limit of {headLimit} bytes.\n")),
        _ => new(StatusCodes.Status400BadRequest, $"Failed to parse request: {Detail(error.Message)}\n"),
    };

    /// <summary>Why a request is refused, for the same finding.</summary>
    public static RefusalReason ReasonOf(BadHttpRequestException error) => error.StatusCode switch
    {
        StatusCodes.Status408RequestTimeout => RefusalReason.HeadTimeout,
        StatusCodes.Status413PayloadTooLarge => RefusalReason.Body,
        StatusCodes.Status431RequestHeaderFieldsTooLarge when error.Message.Contains(TooManyHeaders, StringComparison.OrdinalIgnoreCase) => RefusalReason.Headers,
        StatusCodes.Status414UriTooLong or StatusCodes.Status431RequestHeaderFieldsTooLarge => RefusalReason.HeadTooLarge,
        _ => RefusalReason.BadRequest,
    };

    private static string Detail(string message)
    {
        foreach (var (part, detail) in Details)
        {
            if (message.Contains(part, StringComparison.OrdinalIgnoreCase))
            {
                return detail;
            }
        }

        return "invalid token";
    }
}
