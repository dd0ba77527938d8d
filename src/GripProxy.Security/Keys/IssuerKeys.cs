using System.Diagnostics.CodeAnalysis;
using GripProxy.Security.Access;
using Microsoft.Extensions.Logging;

namespace GripProxy.Security.Keys;

/// <summary>
/// The key or keys of one issuer: a single key, or a key set in a file (own-config.md). Immutable; the file renews itself.
/// </summary>
internal sealed class IssuerKeys
{
    private readonly GripKey? _single;
    private readonly KeySetFile? _file;

    private IssuerKeys(GripKey? single, KeySetFile? file)
    {
        _single = single;
        _file = file;
    }

    /// <summary>Reads the issuer's key; a file whose content starts with <c>{</c> is a key set.</summary>
    internal static bool TryRead(
        IssuerConfig config, TimeProvider time, ILogger logger, [NotNullWhen(true)] out IssuerKeys? keys, out string error)
    {
        keys = null;
        GripKey? key = null;
        if (string.IsNullOrEmpty(config.Key))
        {
            error = "is missing or empty; " + KeyReader.Expected;
            return false;
        }

        if (!KeyReader.TryGetPath(config.Key, config.Directory, out var path))
        {
            if (KeyReader.TryRead(config.Key, config.Directory, out key, out error))
                keys = new IssuerKeys(key, file: null);
        }
        else if (KeyFile.TryRead(path, out var content, out error))
        {
            if (!KeySet.IsKeySet(content))
                keys = KeyReader.TryReadContent(content, path, out key, out error) ? new IssuerKeys(key, file: null) : null;
            else if (KeySetFile.TryOpen(path, config.Name, time, logger, out var file, out error))
                keys = new IssuerKeys(single: null, file);
        }

        return keys is not null;
    }

    /// <summary>The key that a token with this <c>kid</c> must verify with, or null. A single key takes every <c>kid</c>.</summary>
    internal GripKey? Find(string? keyId) => _single ?? _file?.Current.Find(keyId);
}
