using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using GripProxy.Control.Zmtp.Doors;
using GripProxy.Protocol.Tnet;

namespace GripProxy.Control.Zmtp.Commands;

/// <summary>An answer on the command socket (PUB-40). Immutable.</summary>
/// <param name="Condition">What went wrong, as a word; null: nothing.</param>
/// <param name="Value">What is answered: null, a text, a list or an object of texts.</param>
internal sealed record CommandReply(string? Condition, JsonNode? Value)
{
    /// <summary>Done; there is nothing to say.</summary>
    public static CommandReply Done { get; } = new(null, null);

    /// <summary>The arguments are wrong.</summary>
    public static CommandReply BadRequest { get; } = new("bad-request", null);

    /// <summary>There is no such command.</summary>
    public static CommandReply NoSuchMethod { get; } = new("method-not-found", null);

    /// <summary>There is no such connection.</summary>
    public static CommandReply NotFound { get; } = new("item-not-found", null);

    private static JsonSerializerOptions Readable { get; } = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The answer as bytes, written as the request was.</summary>
    public ReadOnlyMemory<byte> Encode(CommandRequest request)
    {
        var reply = new JsonObject();
        if (request.Id.Length > 0)
            reply["id"] = request.Id;
        reply["success"] = Condition is null;
        if (Condition is not null)
            reply["condition"] = Condition;
        if (Condition is null || Value is not null)
            reply["value"] = Value?.DeepClone();
        if (request.Encoding == MessageEncoding.Json)
            return Encoding.UTF8.GetBytes("J" + reply.ToJsonString(Readable));

        var writer = new TnetWriter();
        if (request.Encoding == MessageEncoding.MarkedTnet)
            writer.Raw("T"u8);
        Write(reply, writer);
        return writer.Written;
    }

    private static void Write(JsonNode? node, TnetWriter writer)
    {
        switch (node)
        {
            case JsonObject map:
                writer.BeginMap();
                foreach (var (name, value) in map)
                {
                    writer.Text(name);
                    Write(value, writer);
                }

                writer.EndMap();
                break;
            case JsonArray list:
                writer.BeginList();
                foreach (var value in list)
                    Write(value, writer);
                writer.EndList();
                break;
            case JsonValue scalar when scalar.TryGetValue<bool>(out var flag):
                writer.Boolean(flag);
                break;
            case JsonValue scalar:
                writer.Text(scalar.GetValue<string>());
                break;
            default:
                writer.Null();
                break;
        }
    }
}
