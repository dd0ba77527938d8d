using GripProxy.Security.Access;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace GripProxy.Control.Inspect;

/// <summary>A request below <c>/v1/</c>. Immutable.</summary>
/// <param name="Http">The request itself, for its body.</param>
/// <param name="Segments">The decoded segments after the endpoint's name.</param>
/// <param name="Query">The decoded parameters.</param>
/// <param name="Scope">What its credential covers.</param>
internal sealed record OwnRequest(
    HttpRequest Http, IReadOnlyList<string> Segments, IReadOnlyDictionary<string, StringValues> Query, ChannelScope Scope)
{
    /// <summary>True if only this node is asked for (<c>?local=1</c>).</summary>
    public bool IsLocal => Parameter("local") == "1";

    /// <summary>The value of a parameter, or null: it is not there. The last counts.</summary>
    public string? Parameter(string name) => Query.TryGetValue(name, out var values) && values.Count > 0 ? values[^1] : null;
}
