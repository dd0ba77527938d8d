namespace GripProxy.Control.Http;

/// <summary>Pushpin's words for requests that the HTTP server refuses before they reach the control port's code (PUB-02).</summary>
public static class ControlFramingText
{
    internal const string LengthRequired = "Request requires Content-Length.\n";

    private const string HeaderTooLarge = "Request header too large.\n";
    private const string BadLength = "Bad Content-Length.\n";
    private const string Unreadable = "Failed to parse request header.\n";
    private const string TooSlow = "Request timed out.\n";

    /// <summary>The answer in place of the server's own.</summary>
    /// <param name="statusCode">The status that the server chose.</param>
    /// <param name="message">The server's words, as in its exception.</param>
    public static FramingError For(int statusCode, string message)
    {
        switch (statusCode)
        {
            case 414 or 431:
                return new FramingError(400, HeaderTooLarge);
            case 411:
                return new FramingError(411, LengthRequired);
            case 408:
                // own-config.md [limits] head_timeout: Pushpin waits for ever.
                return new FramingError(408, TooSlow);
        }

        // The server tells these apart by its words only.
        if (Says(message, "contains no Content-Length"))
            return new FramingError(411, LengthRequired);
        return new FramingError(400, Says(message, "content length") || Says(message, "content-length") ? BadLength : Unreadable);
    }

    private static bool Says(string message, string words) => message.Contains(words, StringComparison.OrdinalIgnoreCase);
}
