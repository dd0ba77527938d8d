using System.Security.Cryptography;
using System.Text;

namespace GripProxy.Plugins.State;

/// <summary>
/// Encrypts what the state store keeps of configurations and attachments: AES-256-GCM under <c>secret_key</c> (plugins.md §12.2). Each box opens only where
/// it was put. Immutable. Thread-safe.
/// </summary>
internal sealed class SecretBox
{
    private const int NonceBytes = 12;
    private const int TagBytes = 16;

    private readonly byte[] _key;

    /// <summary>Takes the key as it is configured.</summary>
    public SecretBox(string secretKey) =>
        _key = HKDF.DeriveKey(HashAlgorithmName.SHA256, Encoding.UTF8.GetBytes(secretKey), 32, info: "gripproxy plugin state"u8.ToArray());

    /// <summary>Encrypts.</summary>
    /// <param name="plain">What nobody else shall read.</param>
    /// <param name="place">Where it is kept.</param>
    public byte[] Seal(ReadOnlySpan<byte> plain, string place)
    {
        var sealedBytes = new byte[NonceBytes + TagBytes + plain.Length];
        var nonce = sealedBytes.AsSpan(0, NonceBytes);
        RandomNumberGenerator.Fill(nonce);
        using var cipher = new AesGcm(_key, TagBytes);
        cipher.Encrypt(nonce, plain, sealedBytes.AsSpan(NonceBytes + TagBytes), sealedBytes.AsSpan(NonceBytes, TagBytes), Encoding.UTF8.GetBytes(place));
        return sealedBytes;
    }

    /// <summary>Decrypts.</summary>
    /// <exception cref="StateUnavailableException">It was sealed under another key, for another place, or was changed.</exception>
    public byte[] Open(ReadOnlySpan<byte> sealedBytes, string place)
    {
        if (sealedBytes.Length < NonceBytes + TagBytes)
            throw Refused(place, inner: null);
        var plain = new byte[sealedBytes.Length - NonceBytes - TagBytes];
        try
        {
            using var cipher = new AesGcm(_key, TagBytes);
            cipher.Decrypt(
                sealedBytes[..NonceBytes], sealedBytes[(NonceBytes + TagBytes)..], sealedBytes.Slice(NonceBytes, TagBytes), plain, Encoding.UTF8.GetBytes(place));
            return plain;
        }
        catch (CryptographicException e)
        {
            throw Refused(place, e);
        }
    }

    private static StateUnavailableException Refused(string place, Exception? inner) =>
        new($"what is kept of {place} cannot be decrypted: [plugins] secret_key is not the key it was encrypted with, or it was changed", inner) { IsLasting = true };
}
