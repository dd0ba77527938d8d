using System.Buffers;
using System.Text;

namespace GripProxy.Protocol.Filters;

/// <summary>
/// <c>build-id</c>: <c>%I</c> is the id that the subscription's format makes of the prev-ids, <c>%(text)I</c> is the text, both encoded as the
/// subscription wants (FLT-04).
/// </summary>
internal sealed class BuildIdFilter : DirectiveFilter
{
    private readonly bool _isHex;
    private readonly byte[]? _id;

    private BuildIdFilter(bool isHex, byte[]? id)
    {
        _isHex = isHex;
        _id = id;
    }

    /// <summary>The filter of an item's content, or why there is none.</summary>
    public static (BuildIdFilter? Filter, string? Error) ForMessage(FilterInput input)
    {
        if (CheckMeta(input.Subject.Meta, out var format, out var isHex) is { } error)
            return (null, error);
        var id = new IdFormatFilter(input).Apply(Encoding.UTF8.GetBytes(format));
        return id.Error is null ? (new BuildIdFilter(isHex, id.Content.ToArray()), null) : (null, id.Error);
    }

    /// <summary>The filter of a body that the origin sends, where no prev-ids are known (FLT-06), or why there is none.</summary>
    public static (BuildIdFilter? Filter, string? Error) ForResponse(IReadOnlyDictionary<string, string> meta) =>
        CheckMeta(meta, out _, out var isHex) is { } error ? (null, error) : (new BuildIdFilter(isHex, id: null), null);

    /// <inheritdoc/>
    protected override string? Replace(byte directive, ReadOnlySpan<byte> argument, bool hasArgument, IBufferWriter<byte> output)
    {
        if (directive != 'I')
            return UnknownDirective(directive);
        if (!hasArgument && _id is null)
            return "No ID specified and no default ID in context";
        Encode(hasArgument ? argument : _id, output);
        return null;
    }

    private static string? CheckMeta(IReadOnlyDictionary<string, string> meta, out string format, out bool isHex)
    {
        isHex = meta.TryGetValue("id_encoding", out var encoding);
        if (!meta.TryGetValue("id_format", out format!))
            return "no sub meta 'id_format'";
        return isHex && encoding != "hex" ? $"unsupported encoding: {encoding}" : null;
    }

    private void Encode(ReadOnlySpan<byte> id, IBufferWriter<byte> output)
    {
        if (!_isHex)
        {
            output.Write(id);
            return;
        }

        var hex = output.GetSpan(id.Length * 2);
        Convert.TryToHexStringLower(id, hex, out var length);
        output.Advance(length);
    }
}
