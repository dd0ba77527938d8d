using System.Text.Json;
using System.Text.Json.Nodes;
using GripProxy.Plugins.Packages;
using GripProxy.Plugins.Tenants;

namespace GripProxy.Plugins.Supervision;

/// <summary>Takes the values of an install's secrets out of what people see (plugins.md §11.1). Stateless.</summary>
internal static class SecretMask
{
    /// <summary>Stands where a secret stood.</summary>
    public const string Mask = "***";

    // A secret of a few characters is in every text.
    private const int ShortestSecret = 6;

    /// <summary>The text without secrets; of nobody known it stays as it is.</summary>
    public static string Hide(Install? install, string text) => install is null ? text : Hide(SecretsOf(install.Package.Manifest.Config, install.Config), text);

    /// <summary>A value, all texts in it without secrets.</summary>
    public static JsonNode? Hide(IReadOnlyList<string> secrets, JsonNode? node) => node switch
    {
        JsonObject members => new JsonObject(members.Select(member => KeyValuePair.Create(member.Key, Hide(secrets, member.Value)))),
        JsonArray items => new JsonArray([.. items.Select(item => Hide(secrets, item))]),
        JsonValue value when value.GetValueKind() == JsonValueKind.String => Hide(secrets, value.GetValue<string>()),
        _ => node?.DeepClone(),
    };

    /// <summary>The values of a form that nobody is to see.</summary>
    public static IReadOnlyList<string> SecretsOf(IReadOnlyList<ConfigField> form, JsonObject config) =>
        [.. form.Where(field => field.Secret).Select(field => config[field.Key]?.ToString() ?? "").Where(secret => secret.Length >= ShortestSecret)];

    private static string Hide(IReadOnlyList<string> secrets, string text)
    {
        foreach (var secret in secrets)
            text = text.Replace(secret, Mask, StringComparison.Ordinal);
        return text;
    }
}
