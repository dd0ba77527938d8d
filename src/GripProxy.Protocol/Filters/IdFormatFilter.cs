using System.Buffers;
using System.Text;

namespace GripProxy.Protocol.Filters;

/// <summary>Renders the template in subscription meta <c>id_format</c>: <c>%(channel)s</c> is that channel's prev-id (FLT-04).</summary>
internal sealed class IdFormatFilter(FilterInput input) : DirectiveFilter
{
    /// <inheritdoc/>
    protected override string? Replace(byte directive, ReadOnlySpan<byte> argument, bool hasArgument, IBufferWriter<byte> output)
    {
        if (directive != 's' || !hasArgument)
            return UnknownDirective(directive);
        var channel = Encoding.UTF8.GetString(argument);
        if (input.PrevIds.TryGetValue(channel, out var prevId))
            Encoding.UTF8.GetBytes(prevId, output);
        else if (!input.Subject.IsSubscribed(channel))
            return $"Unknown channel '{channel}' in id_format";
        // A channel of the connection that has no prev-id yet stands for nothing.
        return null;
    }
}
