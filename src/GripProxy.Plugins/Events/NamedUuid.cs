using System.Security.Cryptography;
using System.Text;

namespace GripProxy.Plugins.Events;

/// <summary>UUIDs made of names: the same name gives the same one, in one tenant (RFC 9562 §5.5, version 5). Stateless.</summary>
internal static class NamedUuid
{
    // RFC 9562's namespace of URLs.
    private static readonly Guid Urls = Guid.Parse("6ba7b811-9dad-11d1-80b4-00c04fd430c8");

    /// <summary>The UUID of a name.</summary>
    /// <param name="tenant">Name of the tenant, whose names are its own.</param>
    /// <param name="name">Anything.</param>
    public static Guid Of(string tenant, string name) => Of(Of(Urls, $"gripproxy:tenant:{tenant}"), name);

    /// <summary>The UUID of a name in a namespace.</summary>
    internal static Guid Of(Guid space, string name)
    {
        var text = new byte[16 + Encoding.UTF8.GetByteCount(name)];
        space.TryWriteBytes(text, bigEndian: true, out _);
        Encoding.UTF8.GetBytes(name, text.AsSpan(16));
        Span<byte> hash = stackalloc byte[SHA1.HashSizeInBytes];
#pragma warning disable CA5350 // Version 5 is made of SHA-1; nothing is kept secret by it.
        SHA1.HashData(text, hash);
#pragma warning restore CA5350
        hash[6] = (byte)((hash[6] & 0x0F) | 0x50);
        hash[8] = (byte)((hash[8] & 0x3F) | 0x80);
        return new Guid(hash[..16], bigEndian: true);
    }
}
