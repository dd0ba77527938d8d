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
    /// <summary>Reads the envelope; null if it is none.</summary>
    public static CommandRequest? TryRead(GripValue value, MessageEncoding encoding)
    {
        if (value.ValueKind != JsonValueKind.Object || !value.TryGetMember("method", out var method) || method.GetString() is not { } name)
            return null;
        var id = "";
        if (value.TryGetMember("id", out var idValue))
        {
            if (idValue.GetString() is not { } text)
                return null;
            id = text;
        }

        if (!value.TryGetMember("args", out var arguments))
            return new CommandRequest(name, id, null, encoding);
        return arguments.ValueKind == JsonValueKind.Object ? new CommandRequest(name, id, arguments, encoding) : null;
    }

    /// <summary>An argument.</summary>
    public bool TryGet(string name, out GripValue value)
    {
        value = default;
        return Arguments is { } arguments && arguments.TryGetMember(name, out value);
    }
}
