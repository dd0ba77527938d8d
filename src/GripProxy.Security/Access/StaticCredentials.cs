using System.Security.Cryptography;

namespace GripProxy.Security.Access;

/// <summary>All static tokens, or all users. Immutable.</summary>
internal sealed class StaticCredentials(IReadOnlyList<StaticCredential> credentials)
{
    /// <summary>True if none is configured.</summary>
    internal bool IsEmpty => credentials.Count == 0;

    /// <summary>The credential with this secret. All are compared, so that time does not tell which one came close.</summary>
    internal StaticCredential? Find(ReadOnlySpan<byte> secret)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(secret, hash);
        StaticCredential? found = null;
        foreach (var credential in credentials)
        {
            if (credential.HasHash(hash))
                found = credential;
        }

        return found;
    }
}
