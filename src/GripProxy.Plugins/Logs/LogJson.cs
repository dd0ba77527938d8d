using System.Text.Json.Nodes;
using GripProxy.Plugins.Admin.Http;

namespace GripProxy.Plugins.Logs;

/// <summary>Shows lines of logs. Stateless.</summary>
internal static class LogJson
{
    /// <summary>One line.</summary>
    public static JsonObject Of(LogLine line) => new()
    {
        ["id"] = line.Id,
        ["time"] = AdminTime.Text(line.Time),
        ["node"] = line.Node,
        ["level"] = line.Level,
        ["source"] = line.Source,
        ["text"] = line.Text,
    };
}
