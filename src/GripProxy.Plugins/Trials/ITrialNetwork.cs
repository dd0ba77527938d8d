using System.Text.Json;
using System.Text.Json.Nodes;
using GripProxy.Plugins.Engine;
using GripProxy.Plugins.Tenants;

namespace GripProxy.Plugins.Trials;

/// <summary>Answers what tried plugins ask of the outside. Thread-safe.</summary>
internal interface ITrialNetwork
{
    /// <summary>Answers a <c>fetch</c>.</summary>
    /// <param name="install">Who asks.</param>
    /// <param name="arguments">What the cell program sends.</param>
    /// <param name="shown">Takes how it ended: <c>status</c> or <c>error</c>.</param>
    ValueTask<HostAnswer> FetchAsync(Install install, JsonElement arguments, JsonObject shown);
}
