using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace GripProxy.Plugins.State;

/// <summary>Records as JSON, the configuration of installs encrypted. Whatever keeps the document keeps this. Immutable.</summary>
internal sealed class StateCodec(SecretBox secrets)
{
    private const string Config = "config";

    private static readonly PluginJson Json = new(new JsonSerializerOptions
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });

    /// <summary>A record as JSON.</summary>
    public byte[] Write(StateRecord record) => record switch
    {
        TenantRecord one => JsonSerializer.SerializeToUtf8Bytes(one, Json.TenantRecord),
        KeyRecord one => JsonSerializer.SerializeToUtf8Bytes(one, Json.KeyRecord),
        PackageRecord one => JsonSerializer.SerializeToUtf8Bytes(one, Json.PackageRecord),
        ApprovalRecord one => JsonSerializer.SerializeToUtf8Bytes(one, Json.ApprovalRecord),
        NumbersRecord one => JsonSerializer.SerializeToUtf8Bytes(one, Json.NumbersRecord),
        StepRecord one => JsonSerializer.SerializeToUtf8Bytes(one, Json.StepRecord),
        LeftoverRecord one => JsonSerializer.SerializeToUtf8Bytes(one, Json.LeftoverRecord),
        InstallRecord one => Seal(one.Field, one.Config, JsonSerializer.SerializeToNode(one, Json.InstallRecord)),
        LastGoodRecord one => Seal(one.Field, one.Config, JsonSerializer.SerializeToNode(one, Json.LastGoodRecord)),
        SwitchRecord one => JsonSerializer.SerializeToUtf8Bytes(one, Json.SwitchRecord),
        _ => throw new ArgumentException($"{record.Field} is of no known kind", nameof(record)),
    };

    /// <summary>The record that JSON is of.</summary>
    /// <param name="field">Its field.</param>
    /// <param name="json">The JSON.</param>
    /// <param name="revision">Its revision.</param>
    /// <returns>Null for a kind that a newer version of the product made.</returns>
    /// <exception cref="StateUnavailableException">It is damaged, or encrypted under another key.</exception>
    public StateRecord? Read(string field, ReadOnlySpan<byte> json, long revision)
    {
        try
        {
            StateRecord? record = field.AsSpan(0, field.IndexOf('/', StringComparison.Ordinal)) switch
            {
                "tenant" => JsonSerializer.Deserialize(json, Json.TenantRecord),
                "key" => JsonSerializer.Deserialize(json, Json.KeyRecord),
                "package" => JsonSerializer.Deserialize(json, Json.PackageRecord),
                "approval" => JsonSerializer.Deserialize(json, Json.ApprovalRecord),
                "numbers" => JsonSerializer.Deserialize(json, Json.NumbersRecord),
                "step" => JsonSerializer.Deserialize(json, Json.StepRecord),
                "leftover" => JsonSerializer.Deserialize(json, Json.LeftoverRecord),
                "install" => Open(field, json)?.Deserialize(Json.InstallRecord),
                "good" => Open(field, json)?.Deserialize(Json.LastGoodRecord),
                "switch" => JsonSerializer.Deserialize(json, Json.SwitchRecord),
                _ => null,
            };
            return record is null ? null : record with { Revision = revision };
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException)
        {
            throw new StateUnavailableException($"what is kept of {field} is damaged: {e.Message}", e);
        }
    }

    /// <summary>Encrypts the contents of an attachment.</summary>
    public byte[] SealFile(string id, ReadOnlyMemory<byte> contents) => secrets.Seal(contents.Span, $"file/{id}");

    /// <summary>Decrypts them.</summary>
    /// <exception cref="StateUnavailableException">Not under this key.</exception>
    public byte[] OpenFile(string id, byte[] kept) => secrets.Open(kept, $"file/{id}");

    /// <summary>A part of an audit line as JSON.</summary>
    public static byte[]? WriteJson(JsonObject? json) => json is null ? null : JsonSerializer.SerializeToUtf8Bytes(json, Json.JsonObject);

    /// <summary>A line of the audit log as JSON.</summary>
    public static byte[] WriteAudit(AuditEntry line) => JsonSerializer.SerializeToUtf8Bytes(line, Json.AuditEntry);

    /// <summary>The line that JSON is of.</summary>
    /// <exception cref="StateUnavailableException">It is damaged.</exception>
    public static AuditEntry ReadAudit(ReadOnlySpan<byte> json)
    {
        try
        {
            return JsonSerializer.Deserialize(json, Json.AuditEntry) ?? throw new StateUnavailableException("a line of the audit log is null");
        }
        catch (JsonException e)
        {
            throw new StateUnavailableException($"a line of the audit log is damaged: {e.Message}", e);
        }
    }

    private byte[] Seal(string field, JsonObject config, JsonNode? record)
    {
        var node = record!.AsObject(); // A record is an object.
        node[Config] = Convert.ToBase64String(secrets.Seal(JsonSerializer.SerializeToUtf8Bytes(config, Json.JsonObject), field));
        return JsonSerializer.SerializeToUtf8Bytes(node, Json.JsonObject);
    }

    private JsonObject? Open(string field, ReadOnlySpan<byte> json)
    {
        if (JsonNode.Parse(json) is not JsonObject node)
            return null;
        var box = Convert.FromBase64String((string?)node[Config] ?? "");
        node[Config] = JsonNode.Parse(secrets.Open(box, field));
        return node;
    }
}
