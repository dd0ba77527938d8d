using System.Text.Json.Serialization;

namespace GripProxy.Plugins.State;

/// <summary>What a key opens (plugins-http.md §2).</summary>
[JsonConverter(typeof(JsonStringEnumConverter<KeyKind>))]
internal enum KeyKind
{
    /// <summary>Sends events of a tenant.</summary>
    Ingest,

    /// <summary>Manages a tenant.</summary>
    Tenant,

    /// <summary>Manages everything.</summary>
    Operator,
}
