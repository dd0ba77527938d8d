using GripProxy.Security.Access;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace GripProxy.Control.Inspect;

/// <summary>A request below <c>/v1/</c>, of a client or passed on by another node of the cluster. Immutable.</summary>
/// <param name="Http">The request itself, for its body; null: another node passes it on.</param>
/// <param name="Segments">The decoded segments after the endpoint's name.</param>
/// <param name="Query">The decoded parameters.</param>
/// <param name="Scope">What its credential covers.</param>
internal sealed record OwnRequest(
    HttpRequest? Http, IReadOnlyList<string> Segments, IReadOnlyDictionary<string, StringValues> Query, ChannelScope Scope)
{
    /// <summary>The body that another node passes on.</summary>
    public ReadOnlyMemory<byte> Body { get; init; }

    /// <summary>True: another node asks for its part of an answer.</summary>
    public bool IsPassedOn => Http is null;

    /// <summary>True if only this node is asked for (<c>?local=1</c>, or by another node).</summary>
    public bool IsLocal => IsPassedOn || Parameter("local") == "1";

    /// <summary>The value of a parameter, or null: it is not there. The last counts.</summary>
    public string? Parameter(string name) => Query.TryGetValue(name, out var values) && values.Count > 0 ? values[^1] : null;

    /// <summary>Reads the members of the body. Throws as <see cref="CommandFields.ReadAsync"/>.</summary>
    public ValueTask<CommandFields> ReadFieldsAsync(int maxSize) =>
        Http is null ? ValueTask.FromResult(CommandFields.Read(Body)) : CommandFields.ReadAsync(Http, maxSize);
}
