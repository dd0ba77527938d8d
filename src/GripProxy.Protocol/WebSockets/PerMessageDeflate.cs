using GripProxy.Protocol.Instructs;

namespace GripProxy.Protocol.WebSockets;

/// <summary>
/// Negotiates <c>permessage-deflate</c> with clients and with origins, each by itself (WS-02, RFC 7692 §7.1). Always without context takeover:
/// nothing is remembered from message to message, so that a quiet connection needs no memory for it and all clients can share the bytes of a
/// published message.
/// </summary>
public static class PerMessageDeflate
{
    /// <summary>The extension's name.</summary>
    public const string Name = "permessage-deflate";

    /// <summary>What is offered to an origin, as a value of <c>Sec-WebSocket-Extensions</c>.</summary>
    public const string Offer = Name + "; " + ServerForgets + "; " + ClientForgets;

    private const string ServerForgets = "server_no_context_takeover";
    private const string ClientForgets = "client_no_context_takeover";
    private const string ServerWindow = "server_max_window_bits";
    private const string ClientWindow = "client_max_window_bits";
    private const string FullWindow = "15";

    /// <summary>
    /// The answer to the first of a client's offers that can be met, or null. One that asks for a smaller window of ours cannot; one with
    /// parameters that are unknown, repeated or out of range may not.
    /// </summary>
    /// <param name="extensions">The values of the client's <c>Sec-WebSocket-Extensions</c> headers.</param>
    /// <returns>The value of <c>Sec-WebSocket-Extensions</c> that the client gets, or null: not compressed.</returns>
    public static string? Answer(IEnumerable<string?> extensions)
    {
        foreach (var value in extensions)
        {
            var elements = new HeaderElements(value);
            while (elements.Next())
            {
                if (Parameters.TryRead(elements.Current, out var offer) && offer.AreValid && offer.ServerBits is null or FullWindow)
                    return offer.ServerBits is null ? Offer : Offer + "; " + ServerWindow + "=" + FullWindow;
            }
        }

        return null;
    }

    /// <summary>What an origin made of <see cref="Offer"/>.</summary>
    /// <param name="extensions">The values of its <c>Sec-WebSocket-Extensions</c> headers; other extensions are passed over.</param>
    public static DeflateAgreement ReadAnswer(IEnumerable<string?> extensions)
    {
        var agreement = DeflateAgreement.None;
        foreach (var value in extensions)
        {
            var elements = new HeaderElements(value);
            while (elements.Next())
            {
                if (!Parameters.TryRead(elements.Current, out var answer))
                    continue;
                // Our offer did not allow an answer about the client's window (§7.1.2.2), and it asked the origin to remember nothing.
                var isMet = answer.AreValid && answer is { ServerForgets: true, ClientBits: null };
                if (!isMet || agreement != DeflateAgreement.None)
                    return DeflateAgreement.Invalid;
                agreement = DeflateAgreement.Agreed;
            }
        }

        return agreement;
    }

    private sealed class Parameters
    {
        private bool _clientForgets;

        public bool AreValid { get; private set; } = true;

        public bool ServerForgets { get; private set; }

        /// <summary>Null: not given.</summary>
        public string? ServerBits { get; private set; }

        /// <summary>Null: not given; empty: given without a value.</summary>
        public string? ClientBits { get; private set; }

        /// <summary>False: this element is about another extension.</summary>
        public static bool TryRead(ReadOnlySpan<char> element, out Parameters result)
        {
            result = new Parameters();
            var parameters = new HeaderParameters(element);
            if (!string.Equals(parameters.TakeValue(), Name, StringComparison.OrdinalIgnoreCase))
                return false;
            while (parameters.Next())
                result.AreValid &= result.Add(parameters);
            result.AreValid &= !parameters.Failed;
            return true;
        }

        private bool Add(HeaderParameters parameter)
        {
            var value = parameter.Value;
            if (parameter.Is(PerMessageDeflate.ServerForgets))
                return value.Length == 0 && !ServerForgets && (ServerForgets = true);
            if (parameter.Is(PerMessageDeflate.ClientForgets))
                return value.Length == 0 && !_clientForgets && (_clientForgets = true);
            if (parameter.Is(ServerWindow))
                return ServerBits is null && IsWindow(ServerBits = value);
            if (parameter.Is(ClientWindow))
                return ClientBits is null && ((ClientBits = value).Length == 0 || IsWindow(value));
            return false;
        }

        private static bool IsWindow(string value) => value is "8" or "9" or "10" or "11" or "12" or "13" or "14" or "15";
    }
}
