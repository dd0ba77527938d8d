using GripProxy.Plugins.Engine;
using GripProxy.Plugins.Geo;

namespace GripProxy.Plugins.Services;

/// <summary><c>geoip.locate</c> (plugins-api.md §3.7). Thread-safe.</summary>
internal sealed class GeoLocations(GeoDatabase database)
{
    /// <summary>The calls by name.</summary>
    public IReadOnlyDictionary<string, HostOperation> Operations => new Dictionary<string, HostOperation>(StringComparer.Ordinal)
    {
        ["geoip.locate"] = (_, arguments) => ValueTask.FromResult(new HostAnswer(database.Find(CellJson.Text(arguments, "ip")))),
    };
}
