using System.Text.Json;
using GripProxy.Control.Zmtp.Doors;
using GripProxy.Protocol.Json;

namespace GripProxy.Control.Zmtp.Commands;

/// <summary>A request on the command socket (PUB-40). Immutable.</summary>
/// <param name="Method">What is asked for.</param>
/// <param name="Id">Comes back with the answer; empty: none.</param>
/// <param name="Arguments">An object, or null.</param>
/// <param name="Encoding">How it was written.</param>
internal sealed record CommandRequest(string Method, string Id, GripValue? Arguments, MessageEncoding Encoding)
{
    /// <summary>Which member of the envelope cannot be used, and why, in the words of PUB-45; or null. Then only the id counts, if there is one.</summary>
    public string? Problem { get; private init; }

    /// <summary>Reads the envelope; null if it is no object.</summary>
    public static CommandRequest? TryRead(GripValue value, MessageEncoding encoding)
    {
        if (value.ValueKind != JsonValueKind.Object)
            return null;
        var id = value.TryGetMember("id", out var idMember) ? idMember.GetString() : "";
        var request = new CommandRequest("", id ?? "", null, encoding);
        if (id is null)
            return request.Wrong("id");
        if (!value.TryGetMember("method", out var method))
            return request with { Problem = "object does not contain 'method'" };
        if (method.GetString() is not { } name)
            return request.Wrong("method");
        if (!value.TryGetMember("args", out var arguments))
            return request with { Method = name };
        return arguments.ValueKind == JsonValueKind.Object ? request with { Method = name, Arguments = arguments } : request.Wrong("args");
    }

    /// <summary>An argument.</summary>
    public bool TryGet(string name, out GripValue value)
    {
        value = default;
        return Arguments is { } arguments && arguments.TryGetMember(name, out value);
    }

    private CommandRequest Wrong(string member) => this with { Problem = $"object contains '{member}' with wrong type" };
}
