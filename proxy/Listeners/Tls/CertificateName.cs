using System.Buffers;
using System.Globalization;

namespace GripProxy.Proxy.Listeners.Tls;

/// <summary>Which files may hold the certificate for a requested name (CFG-20). Stateless.</summary>
internal static class CertificateName
{
    // As in DNS.
    private const int Longest = 253;

    private static readonly SearchValues<char> HostCharacters = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789-._");

    private static readonly IdnMapping Idn = new();

    /// <summary>
    /// Names of pairs, without extension, in the order they are tried: the host, its parent with an underscore, the port's default.
    /// </summary>
    /// <param name="requested">What the client named (SNI); empty if it named nothing.</param>
    /// <param name="port">The listener's port.</param>
    public static IEnumerable<string> Candidates(string requested, int port)
    {
        if (Normalize(requested) is { } host)
        {
            yield return host;
            var dot = host.IndexOf('.', StringComparison.Ordinal);
            if (dot > 0 && dot < host.Length - 1)
                yield return "_" + host[dot..];
        }

        yield return $"default_{port}";
    }

    /// <summary>The name as a file may be called: lower case, ASCII; null if it is no host name.</summary>
    public static string? Normalize(string requested)
    {
        try
        {
            // The framework gives names decoded; files are called as they are on the wire.
            var name = Idn.GetAscii(requested.TrimEnd('.')).ToLowerInvariant();
            return name.Length <= Longest && name[0] != '.' && !name.AsSpan().ContainsAnyExcept(HostCharacters) ? name : null;
        }
        catch (ArgumentException)
        {
            // Empty, or nothing that DNS could say.
            return null;
        }
    }
}
