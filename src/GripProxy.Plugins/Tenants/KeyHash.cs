using System.Security.Cryptography;
using System.Text;

namespace GripProxy.Plugins.Tenants;

/// <summary>Keys are kept as hashes, so that they cannot be shown, and found by hash, so that no answer's time tells how near a guess was (plugins-http.md §2).</summary>
internal static class KeyHash
{
    /// <summary>SHA-256 of a key in hex.</summary>
    public static string Of(string key) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)));
}
