using System.Buffers;
using System.Text;

namespace GripProxy.Protocol.Filters;

/// <summary><c>var-subst</c>: puts values of the subscription meta in place of <c>%(name)s</c> (FLT-03e).</summary>
internal sealed class VarSubstFilter(IReadOnlyDictionary<string, string> meta) : DirectiveFilter
{
    /// <inheritdoc/>
    protected override string? Replace(byte directive, ReadOnlySpan<byte> argument, bool hasArgument, IBufferWriter<byte> output)
    {
        if (directive != 's' || !hasArgument)
            return UnknownDirective(directive);
        var name = Encoding.UTF8.GetString(argument);
        if (!meta.TryGetValue(name, out var value))
            return $"Unknown variable '{name}'";
        Encoding.UTF8.GetBytes(value, output);
        return null;
    }
}
