using System.Text.Json.Nodes;

namespace GripProxy.Plugins.State;

/// <summary>One line of who changed what (plugins-http.md §4). Immutable.</summary>
internal sealed record AuditEntry
{
    /// <summary>Its place among all, from 1; given when it is kept.</summary>
    public long Id { get; init; }

    /// <summary>When.</summary>
    public required DateTimeOffset Time { get; init; }

    /// <summary>Name of the token, or of the part of the product that did it.</summary>
    public required string By { get; init; }

    /// <summary>What was done, such as <c>install.enable</c>.</summary>
    public required string Action { get; init; }

    /// <summary>To what, such as <c>acme/3</c>.</summary>
    public required string Object { get; init; }

    /// <summary>How it was, without secrets, or null.</summary>
    public JsonObject? Before { get; init; }

    /// <summary>How it is now, without secrets, or null.</summary>
    public JsonObject? After { get; init; }
}
