using System.Text.Json.Nodes;
using GripProxy.Plugins.Engine;

namespace GripProxy.Plugins.Trials;

/// <summary>What became of one tried event (plugins-http.md §4.5). Owned by the run that fills it.</summary>
internal sealed class TrialResult
{
    /// <summary>The event as it left the last plugin, or null: it did not go on.</summary>
    public JsonNode? Output { get; set; }

    /// <summary>True if a plugin dropped it.</summary>
    public bool Dropped { get; set; }

    /// <summary>What went wrong last, or null.</summary>
    public PluginError? Error { get; set; }

    /// <summary>Time in plugins.</summary>
    public TimeSpan Time { get; set; }

    /// <summary>The event after each plugin.</summary>
    public JsonArray Steps { get; } = [];

    /// <summary>What was asked for meanwhile.</summary>
    public TrialRecord Record { get; } = new();

    /// <summary>As the admin API answers.</summary>
    /// <param name="withSteps">True: also the event after each plugin.</param>
    public JsonObject ToJson(bool withSteps)
    {
        var json = new JsonObject { ["output"] = Output?.DeepClone(), ["dropped"] = Dropped, ["error"] = Describe(Error) };
        Record.WriteTo(json);
        json["ms"] = Math.Round(Time.TotalMilliseconds, 3);
        if (withSteps)
            json["steps"] = Steps.DeepClone();
        return json;
    }

    /// <summary>An error as JSON, or null.</summary>
    public static JsonObject? Describe(PluginError? error) =>
        error is null ? null : new JsonObject { ["name"] = error.Name, ["message"] = error.Message, ["stack"] = error.Stack };
}
