using System.Text;
using System.Text.Json;
using GripProxy.Plugins.Engine;
using GripProxy.Plugins.Events;
using GripProxy.Protocol.Http;

namespace GripProxy.Plugins.Post.Webhooks;

/// <summary>A request that a plugin wants sent (plugins.md §7.7). Immutable.</summary>
internal sealed record Webhook
{
    private static readonly IReadOnlyList<HeaderField> DefaultHeaders = [new("Content-Type", "application/json")];

    /// <summary>The address.</summary>
    public required Uri Url { get; init; }

    /// <summary>The method.</summary>
    public string Method { get; init; } = "POST";

    /// <summary>Header fields; where the plugin gives none, those of JSON.</summary>
    public IReadOnlyList<HeaderField> Headers { get; init; } = DefaultHeaders;

    /// <summary>The body, or null for none.</summary>
    public ReadOnlyMemory<byte>? Body { get; init; }

    /// <summary>Reads what <c>composeWebhook</c> gave.</summary>
    /// <param name="json">An object.</param>
    /// <param name="problem">What is wrong with it, or null.</param>
    public static Webhook? Read(JsonElement json, out string? problem)
    {
        problem = null;
        if (json.ValueKind != JsonValueKind.Object || Text(json, "url") is not { } url)
            problem = "composeWebhook must return an object with a url, or null";
        else if (!Uri.TryCreate(url, UriKind.Absolute, out var address))
            problem = "the url of a webhook must be a whole address, as https://example.com/hook";
        else
            return new Webhook { Url = address, Method = Text(json, "method") ?? "POST", Headers = ReadHeaders(json), Body = ReadBody(json) };
        return null;
    }

    private static string? Text(JsonElement json, string name) => CellJson.Find(json, name) is { ValueKind: JsonValueKind.String } value ? CleanJson.Text(value) : null;

    private static IReadOnlyList<HeaderField> ReadHeaders(JsonElement json) => CellJson.Find(json, "headers") is { ValueKind: JsonValueKind.Object } headers
        ? [.. headers.EnumerateObject().Select(header => new HeaderField(header.Name, header.Value.ValueKind == JsonValueKind.String ? CleanJson.Text(header.Value) : header.Value.GetRawText()))]
        : DefaultHeaders;

    // A text as it is; anything else as JSON.
    private static ReadOnlyMemory<byte>? ReadBody(JsonElement json) => CellJson.Find(json, "body") is not { ValueKind: not JsonValueKind.Null } body
        ? null
        : Encoding.UTF8.GetBytes(body.ValueKind == JsonValueKind.String ? CleanJson.Text(body) : body.GetRawText());
}
