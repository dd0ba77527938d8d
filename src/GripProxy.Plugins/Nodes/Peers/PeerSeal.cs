using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace GripProxy.Plugins.Nodes.Peers;

/// <summary>
/// The proof that bytes come from a node that has the cluster's key. That of a question is <c>TIME.NAME.HASH.HMAC</c>: it says by itself that it is genuine, so nothing of
/// strangers is read; for one node only, and by its name once only (<see cref="UsedSeals"/>). The key itself is never on the wire. Thread-safe.
/// </summary>
/// <param name="key">The key.</param>
/// <param name="time">The clock.</param>
internal sealed class PeerSeal(string key, TimeProvider time)
{
    /// <summary>By how much the clocks of nodes may differ; a seal that was copied is worth nothing after that.</summary>
    public static readonly TimeSpan Window = TimeSpan.FromSeconds(60);

    private const int NameLength = 32;

    private readonly byte[] _key = SHA256.HashData(Encoding.UTF8.GetBytes(key));

    /// <summary>The seal of a question to the node at an address.</summary>
    public string OfQuestion(string address, ReadOnlySpan<byte> question)
    {
        var made = time.GetUtcNow().ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture);
        var said = $"{made}.{RandomNumberGenerator.GetHexString(NameLength, lowercase: true)}.{Hash(question)}";
        return $"{said}.{Mac($"question {address} {said}", [])}";
    }

    /// <summary>The seal of an answer, which fits no other question.</summary>
    public string OfAnswer(string question, ReadOnlySpan<byte> answer) => Mac($"answer {question}", answer);

    /// <summary>True if the seal of a question was made by a node with the key, for the node at this address, and lately.</summary>
    public bool IsGenuine(string seal, string address) =>
        seal.Split('.') is [var made, var name, var hash, var mac] && IsFresh(made) && AreEqual(mac, Mac($"question {address} {made}.{name}.{hash}", []));

    /// <summary>True if a genuine seal is that of this question.</summary>
    public static bool Fits(string seal, ReadOnlySpan<byte> question) => AreEqual(seal.Split('.')[2], Hash(question));

    /// <summary>True if an answer comes from a node with the key, and to this question.</summary>
    public bool FitsAnswer(string seal, string question, ReadOnlySpan<byte> answer) => AreEqual(seal, OfAnswer(question, answer));

    private bool IsFresh(string made) =>
        long.TryParse(made, NumberStyles.None, CultureInfo.InvariantCulture, out var at) && Math.Abs(time.GetUtcNow().ToUnixTimeMilliseconds() - at) <= Window.TotalMilliseconds;

    private static string Hash(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));

    private string Mac(string purpose, ReadOnlySpan<byte> bytes)
    {
        using var hash = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, _key);
        hash.AppendData(Encoding.UTF8.GetBytes(purpose));
        hash.AppendData("\n"u8);
        hash.AppendData(bytes);
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static bool AreEqual(string left, string right) => CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(left), Encoding.UTF8.GetBytes(right));
}
