using System.Net.Http.Headers;
using GripProxy.Protocol.Http;

namespace GripProxy.Forwarding.WebSockets.OverHttp;

/// <summary>
/// What an origin wants to be told with every request of a connection (WOH-07). Owned by the connection's <see cref="OriginCaller"/>, which makes
/// one request at a time.
/// </summary>
internal sealed class ConnectionMeta
{
    /// <summary>What headers of requests begin with.</summary>
    public const string Prefix = "Meta-";

    private const string SetPrefix = "Set-Meta-";

    // As many header lines as an answer may have; the origin would refuse more than that.
    private const int MaxFields = 256;

    private readonly List<HeaderField> _fields = [];

    /// <summary>True if a header of an answer stores or deletes a value.</summary>
    public static bool IsSet(string name) => name.Length > SetPrefix.Length && name.StartsWith(SetPrefix, StringComparison.OrdinalIgnoreCase);

    /// <summary>Stores the value of such a header, or deletes what is stored if it has none. What is too much is left out.</summary>
    public void Set(string name, string value)
    {
        var meta = string.Concat(Prefix, name.AsSpan(SetPrefix.Length));
        _fields.RemoveAll(field => field.Name.Equals(meta, StringComparison.OrdinalIgnoreCase));
        if (value.Length > 0 && _fields.Count < MaxFields)
            _fields.Add(new HeaderField(meta, value));
    }

    /// <summary>Adds all values to a request.</summary>
    public void AddTo(HttpRequestHeaders headers)
    {
        foreach (var field in _fields)
            headers.TryAddWithoutValidation(field.Name, field.Value);
    }
}
