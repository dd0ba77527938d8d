using System.Text;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Options;

namespace GripProxy.Origin.Requests;

/// <summary>
/// Lets Kestrel write <c>Grip-*</c> and <c>Set-Meta-*</c> headers as UTF-8, as GRIP has them, so that channel names and connection meta may be
/// in any language. By default it refuses anything but ASCII. Other headers keep the rule they have. Immutable.
/// </summary>
internal sealed class GripHeaderEncoding : IPostConfigureOptions<KestrelServerOptions>
{
    /// <inheritdoc/>
    public void PostConfigure(string? name, KestrelServerOptions options)
    {
        var others = options.ResponseHeaderEncodingSelector;
        options.ResponseHeaderEncodingSelector = header => IsGrip(header) ? Encoding.UTF8 : others(header);
    }

    private static bool IsGrip(string header) =>
        header.StartsWith("Grip-", StringComparison.OrdinalIgnoreCase) || header.StartsWith("Set-Meta-", StringComparison.OrdinalIgnoreCase);
}
