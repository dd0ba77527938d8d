using System.Text.Json.Nodes;

namespace GripProxy.Plugins.Trials;

/// <summary>What plugins asked for and said while one event was tried. Filled by the cell's reading loop; read when the event is through.</summary>
internal sealed class TrialRecord
{
    private readonly Lock _gate = new();
    private readonly JsonArray _published = [];
    private readonly JsonArray _captured = [];
    private readonly JsonArray _http = [];
    private readonly JsonArray _logs = [];

    /// <summary>Notes an item that would have been published.</summary>
    public void Publish(JsonObject item) => Add(_published, item);

    /// <summary>Notes an event that would have been captured.</summary>
    public void Capture(JsonObject captured) => Add(_captured, captured);

    /// <summary>Notes a request to somewhere else and what it was answered.</summary>
    public void Request(JsonObject exchange) => Add(_http, exchange);

    /// <summary>Notes a line of the log.</summary>
    public void Log(string install, string level, string text) => Add(_logs, new JsonObject { ["install"] = install, ["level"] = level, ["text"] = text });

    /// <summary>Writes all of it as members.</summary>
    public void WriteTo(JsonObject json)
    {
        lock (_gate)
        {
            json["published"] = _published.DeepClone();
            json["captured"] = _captured.DeepClone();
            json["http"] = _http.DeepClone();
            json["logs"] = _logs.DeepClone();
        }
    }

    private void Add(JsonArray list, JsonObject entry)
    {
        lock (_gate)
            list.Add((JsonNode)entry);
    }
}
