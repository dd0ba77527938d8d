using System.Text.Json.Serialization;

namespace GripProxy.Plugins.State;

/// <summary>One entry of the state document (plugins.md §12.2). Immutable; a change makes another record.</summary>
internal abstract record StateRecord
{
    /// <summary>Its name in the document.</summary>
    [JsonIgnore]
    public abstract string Field { get; }

    /// <summary>The document's revision that brought this record; 0: it is not stored yet.</summary>
    [JsonIgnore]
    public long Revision { get; init; }
}
