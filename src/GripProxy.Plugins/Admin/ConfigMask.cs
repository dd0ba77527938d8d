using System.Text.Json;
using System.Text.Json.Nodes;
using GripProxy.Plugins.Packages;

namespace GripProxy.Plugins.Admin;

/// <summary>Secrets go in and never come out again (plugins-api.md §1.2, PLG-14). Stateless.</summary>
internal static class ConfigMask
{
    /// <summary>Stands for a secret that is set.</summary>
    public const string Secret = "**SECRET**";

    /// <summary>A form for a configuration whose own cannot be read: everything may be a secret.</summary>
    public static IReadOnlyList<ConfigField> Unknown(JsonObject config) => [.. config.Select(static member => new ConfigField { Key = member.Key, Secret = true })];

    /// <summary>A configuration as it may be shown.</summary>
    public static JsonObject Hide(IReadOnlyList<ConfigField> form, JsonObject config)
    {
        var shown = (JsonObject)config.DeepClone();
        foreach (var field in form.Where(field => field.Secret && IsSet(shown[field.Key])))
            shown[field.Key] = Secret;
        return shown;
    }

    /// <summary>What was given, with the old values of secrets that were given back as they are shown.</summary>
    public static JsonObject Restore(IReadOnlyList<ConfigField> form, JsonObject before, JsonObject given)
    {
        var kept = (JsonObject)given.DeepClone();
        foreach (var field in form.Where(field => field.Secret && kept[field.Key] is { } value && value.GetValueKind() == JsonValueKind.String && value.GetValue<string>() == Secret))
        {
            if (before[field.Key] is { } old)
                kept[field.Key] = old.DeepClone();
            else
                kept.Remove(field.Key);
        }

        return kept;
    }

    /// <summary>A configuration for another version: what was a secret and would be shown by it is left out, and is to be given again where it is wanted.</summary>
    public static JsonObject Leave(IReadOnlyList<ConfigField> form, IReadOnlyList<ConfigField> next, JsonObject config)
    {
        var left = (JsonObject)config.DeepClone();
        foreach (var field in form.Where(field => field.Secret && !next.Any(other => other.Key == field.Key && other.Secret)))
            left.Remove(field.Key);
        return left;
    }

    private static bool IsSet(JsonNode? value) => value is not null && value.ToString().Length > 0;
}
