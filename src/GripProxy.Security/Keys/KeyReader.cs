using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace GripProxy.Security.Keys;

/// <summary>Turns a key text of the configuration into a key (HTTP-03). Errors name the path, never the content.</summary>
internal static class KeyReader
{
    /// <summary>What a key text may look like, for error texts.</summary>
    internal const string Expected = "expected text, 'base64:<data>' or 'file:<path>'";

    private const string Base64Prefix = "base64:";
    private const string FilePrefix = "file:";

    /// <summary>See <see cref="GripKey.TryRead"/>.</summary>
    internal static bool TryRead(string text, string directory, [NotNullWhen(true)] out GripKey? key, out string error)
    {
        key = null;
        if (TryGetPath(text, directory, out var path))
            return KeyFile.TryRead(path, out var content, out error) && TryReadContent(content, path, out key, out error);
        if (!text.StartsWith(Base64Prefix, StringComparison.Ordinal))
            return TryReadBytes(Encoding.UTF8.GetBytes(text), out key, out error);
        if (TryDecodeBase64(text.AsSpan(Base64Prefix.Length), out var bytes))
            return TryReadBytes(bytes, out key, out error);
        error = "the key after 'base64:' is not Base64";
        return false;
    }

    /// <summary>True with the full path if the text is <c>file:…</c>.</summary>
    internal static bool TryGetPath(string text, string directory, [NotNullWhen(true)] out string? path)
    {
        path = text.StartsWith(FilePrefix, StringComparison.Ordinal) ? Path.Combine(directory, text[FilePrefix.Length..]) : null;
        return path is not null;
    }

    /// <summary>Reads what stood in a key file: PEM, else hex.</summary>
    internal static bool TryReadContent(string content, string path, [NotNullWhen(true)] out GripKey? key, out string error)
    {
        key = null;
        var source = $"key file '{path}'";
        var trimmed = content.AsSpan().Trim();
        if (PemKey.IsPem(trimmed))
            return PemKey.TryRead(trimmed, source, out key, out error);
        if (trimmed.IsEmpty)
        {
            error = $"{source} is empty; expected PEM or hex digits";
            return false;
        }

        try
        {
            key = GripKey.FromSecret(Convert.FromHexString(trimmed));
            error = "";
            return true;
        }
        catch (FormatException)
        {
            error = $"{source} is neither PEM ('-----BEGIN …') nor an even number of hex digits";
            return false;
        }
    }

    private static bool TryReadBytes(byte[] bytes, [NotNullWhen(true)] out GripKey? key, out string error)
    {
        key = null;
        if (PemKey.IsPem(Encoding.Latin1.GetString(bytes)))
            return PemKey.TryRead(Encoding.Latin1.GetString(bytes), "the key", out key, out error);
        if (bytes.Length == 0)
        {
            error = "the key is empty; " + Expected;
            return false;
        }

        key = GripKey.FromSecret(bytes);
        error = "";
        return true;
    }

    /// <summary>Both alphabets, padding optional: libraries write keys in either.</summary>
    private static bool TryDecodeBase64(ReadOnlySpan<char> text, out byte[] bytes)
    {
        var standard = text.Trim().TrimEnd('=').ToString().Replace('-', '+').Replace('_', '/');
        bytes = new byte[standard.Length];
        var padded = standard.PadRight((standard.Length + 3) / 4 * 4, '=');
        var valid = Convert.TryFromBase64String(padded, bytes, out var written);
        bytes = valid ? bytes[..written] : [];
        return valid;
    }
}
