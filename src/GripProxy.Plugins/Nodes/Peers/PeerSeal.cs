using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace GripProxy.Plugins.Nodes.Peers;

/// <summary>
/// The proof that bytes come from a node that has the cluster's key: a time and an HMAC of time and bytes, so that the key itself is never on the wire. Thread-safe.
/// </summary>
/// <param name="key">The key.</param>
/// <param name="time">The clock.</param>
internal sealed class PeerSeal(string key, TimeProvider time)
{
    /// <summary>By how much the clocks of nodes may differ; a seal that was copied is worth nothing after that.</summary>
    public static readonly TimeSpan Window = TimeSpan.FromSeconds(60);

    private readonly byte[] _key = SHA256.HashData(Encoding.UTF8.GetBytes(key));

    /// <summary>The seal of a question.</summary>
    public string Of(ReadOnlySpan<byte> question)
    {
        var now = Text(time.GetUtcNow().ToUnixTimeMilliseconds());
        return $"{now}.{Mac($"question {now}", question)}";
    }

    /// <summary>The seal of an answer, which fits no other question.</summary>
    public string Of(string question, ReadOnlySpan<byte> answer) => Mac($"answer {question}", answer);

    /// <summary>True if a seal was made lately, whoever made it: what is older need not be read.</summary>
    public bool IsFresh(string? seal) =>
        long.TryParse(seal?.Split('.')[0], NumberStyles.None, CultureInfo.InvariantCulture, out var made)
        && Math.Abs(time.GetUtcNow().ToUnixTimeMilliseconds() - made) <= Window.TotalMilliseconds;

    /// <summary>True if a question comes from a node with the key, and lately.</summary>
    public bool Fits(string? seal, ReadOnlySpan<byte> question) =>
        IsFresh(seal) && seal!.Split('.') is [var made, var mac] && AreEqual(mac, Mac($"question {made}", question)); // Not fresh without one.

    /// <summary>True if an answer comes from a node with the key, and to this question.</summary>
    public bool Fits(string? seal, string question, ReadOnlySpan<byte> answer) => seal is not null && AreEqual(seal, Of(question, answer));

    private string Mac(string purpose, ReadOnlySpan<byte> bytes)
    {
        using var hash = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, _key);
        hash.AppendData(Encoding.UTF8.GetBytes(purpose));
        hash.AppendData("\n"u8);
        hash.AppendData(bytes);
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);

    private static bool AreEqual(string left, string right) => CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(left), Encoding.UTF8.GetBytes(right));
}
