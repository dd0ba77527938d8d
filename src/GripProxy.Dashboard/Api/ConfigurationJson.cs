using System.Text.Json;
using GripProxy.Protocol.Configuration;

namespace GripProxy.Dashboard.Api;

/// <summary>The configuration as JSON. A value of null is hidden.</summary>
internal static class ConfigurationJson
{
    /// <summary>Writes the members of an object that is open.</summary>
    public static void Write(Utf8JsonWriter json, IReadOnlyList<SettingView> settings)
    {
        json.WriteStartArray("items");
        foreach (var setting in settings)
        {
            json.WriteStartObject();
            json.WriteString("section", setting.Section);
            json.WriteString("key", setting.Key);
            json.WriteString("value", setting.Value);
            json.WriteString("location", setting.Location);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
