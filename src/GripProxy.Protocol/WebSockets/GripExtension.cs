using GripProxy.Protocol.Http;
using GripProxy.Protocol.Instructs;

namespace GripProxy.Protocol.WebSockets;

/// <summary>What an origin said with <c>Sec-WebSocket-Extensions: grip</c> (WS-10). Immutable.</summary>
/// <param name="MessagePrefix">What messages for the client start with; it is taken off (WS-11).</param>
public sealed record GripExtension(string MessagePrefix)
{
    private const string DefaultPrefix = "m:";

    /// <summary>
    /// Finds the extension in the headers of an origin's answer; the first <c>grip</c> that can be read counts. Null: there is none, the
    /// connection is a plain relay.
    /// </summary>
    public static GripExtension? Find(HeaderList headers)
    {
        foreach (var value in headers.All("Sec-WebSocket-Extensions"))
        {
            var elements = new HeaderElements(value);
            while (elements.Next())
            {
                if (Read(elements.Current) is { } extension)
                    return extension;
            }
        }

        return null;
    }

    private static GripExtension? Read(ReadOnlySpan<char> element)
    {
        var parameters = new HeaderParameters(element);
        if (!string.Equals(parameters.TakeValue(), "grip", StringComparison.OrdinalIgnoreCase))
            return null;
        var prefix = DefaultPrefix;
        while (parameters.Next())
        {
            if (parameters.Is("message-prefix"))
                prefix = parameters.Value;
        }

        return parameters.Failed ? null : new GripExtension(prefix);
    }
}
