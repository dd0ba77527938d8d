using System.Text.Json;
using System.Text.Json.Nodes;
using GripProxy.Plugins.Engine;

namespace GripProxy.Plugins.Packages;

/// <summary>Checks the configuration of an install against its plugin's form and completes it (plugins-api.md §1.2).</summary>
internal static class ConfigValues
{
    private const int AttachmentBytes = 10 * 1024 * 1024;

    /// <summary>The configuration as the plugin sees it: given values as they are, undeclared ones too, and defaults where nothing was given.</summary>
    public static JsonObject Complete(IReadOnlyList<ConfigField> fields, JsonObject given)
    {
        var complete = (JsonObject)given.DeepClone();
        foreach (var field in fields.Where(field => field.Type != "attachment"))
        {
            if (!complete.ContainsKey(field.Key) && field.Default is { } value)
                complete[field.Key] = value.DeepClone();
        }

        return complete;
    }

    /// <summary>What is wrong, by key; empty: nothing.</summary>
    /// <param name="fields">The form.</param>
    /// <param name="values">Completed values.</param>
    /// <param name="attachments">Files by key.</param>
    public static IReadOnlyDictionary<string, string> Check(
        IReadOnlyList<ConfigField> fields, JsonObject values, IReadOnlyDictionary<string, PluginAttachment> attachments)
    {
        Dictionary<string, string> problems = new(StringComparer.Ordinal);
        foreach (var field in fields)
        {
            if (CheckOne(field, values, attachments) is { } problem)
                problems[field.Key] = problem;
        }

        return problems;
    }

    private static string? CheckOne(ConfigField field, JsonObject values, IReadOnlyDictionary<string, PluginAttachment> attachments)
    {
        var required = field.Required || field.RequiredIf.Any(group => group.Count > 0 && group.All(pair => Holds(pair, values)));
        if (field.Type == "attachment")
        {
            if (!attachments.TryGetValue(field.Key, out var file))
                return required ? "a file is required" : null;
            return file.Contents.Length > AttachmentBytes ? $"the file is larger than {AttachmentBytes >> 20} MiB" : null;
        }

        if (!values.TryGetPropertyValue(field.Key, out var value) || value is null || value.GetValueKind() == JsonValueKind.String && value.GetValue<string>().Length == 0)
            return required ? "a value is required" : null;
        return field.Type switch
        {
            "choice" when !field.Choices.Contains(ManifestReader.Text(value), StringComparer.Ordinal) => $"must be one of {string.Join(", ", field.Choices)}",
            "json" when value.GetValueKind() == JsonValueKind.String && !IsJson(value.GetValue<string>()) => "is not valid JSON",
            _ => null,
        };
    }

    private static bool Holds(KeyValuePair<string, string?> pair, JsonObject values)
    {
        var text = values[pair.Key] is { } value ? ManifestReader.Text(value) ?? value.ToJsonString() : "";
        return pair.Value is null ? text.Length > 0 : text == pair.Value;
    }

    private static bool IsJson(string text)
    {
        try
        {
            JsonNode.Parse(text);
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
