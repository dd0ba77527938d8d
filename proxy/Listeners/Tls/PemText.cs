using System.Security.Cryptography;
using System.Text;

namespace GripProxy.Proxy.Listeners.Tls;

/// <summary>What two files say: a certificate chain and its key. Immutable.</summary>
/// <param name="Certificate">Of the one, PEM.</param>
/// <param name="Key">Of the other, PEM.</param>
/// <param name="Error">Why they cannot be read; else empty.</param>
internal sealed record PemText(string Certificate, string Key, string Error)
{
    /// <summary>Equal for equal content; says nothing about it.</summary>
    public string Digest() => Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes($"{Certificate}\0{Key}\0{Error}")));

    /// <summary>Reads both. Never throws.</summary>
    public static PemText Read(string certificate, string key)
    {
        try
        {
            return new PemText(File.ReadAllText(certificate), File.ReadAllText(key), "");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new PemText("", "", e.Message);
        }
    }
}
