using GripProxy.Protocol.Http;

namespace GripProxy.Protocol.Items;

/// <summary>Format <c>http-response</c>: what an item is to a response hold (PUB-12). Immutable.</summary>
public sealed record HttpResponseFormat
{
    /// <summary>Send or hint; close and refresh do nothing.</summary>
    public ItemAction Action { get; init; }

    /// <summary>Status code, 0–999.</summary>
    public int Code { get; init; } = 200;

    /// <summary>Reason phrase; empty means the standard phrase of <see cref="Code"/>.</summary>
    public string Reason { get; init; } = "";

    /// <summary>Headers that replace template headers of the same name; free of CR, LF, NUL and of <c>Grip-*</c>, <c>Content-Length</c>.</summary>
    public HeaderList Headers { get; init; } = HeaderList.Empty;

    /// <summary>Names in a published <c>Grip-Expose-Headers</c>: keep only these of the merged headers (DIF-21); null keeps all.</summary>
    public IReadOnlyList<string>? ExposeHeaders { get; init; }

    /// <summary>The body; empty if <see cref="BodyPatch"/> is given.</summary>
    public ReadOnlyMemory<byte> Body { get; init; }

    /// <summary>Changes to the template's JSON body (RFC 6902) instead of a body, or null.</summary>
    public JsonPatch? BodyPatch { get; init; }

    /// <summary>Message content filters that the subscription must have, in order (FLT-05), or null.</summary>
    public IReadOnlyList<string>? ContentFilters { get; init; }
}
