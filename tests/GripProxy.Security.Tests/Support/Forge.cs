using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace GripProxy.Security.Tests.Support;

/// <summary>Makes and takes apart tokens with nothing but the framework's cryptography: the independent other side.</summary>
internal static class Forge
{
    public static string Hs256(string secret, string claims, string header = """{"typ":"JWT","alg":"HS256"}""") =>
        Hs256(Encoding.UTF8.GetBytes(secret), claims, header);

    public static string Hs256(byte[] secret, string claims, string header = """{"typ":"JWT","alg":"HS256"}""") =>
        Token(header, claims, input => HMACSHA256.HashData(secret, input));

    public static string Es256(ECDsa key, string claims, string header = """{"typ":"JWT","alg":"ES256"}""") =>
        Token(header, claims, input => key.SignData(input, HashAlgorithmName.SHA256));

    public static string Rs256(RSA key, string claims, string header = """{"typ":"JWT","alg":"RS256"}""") =>
        Token(header, claims, input => key.SignData(input, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1));

    public static string Token(string header, string claims, Func<byte[], byte[]> sign) =>
        Token(Encoding.UTF8.GetBytes(header), Encoding.UTF8.GetBytes(claims), sign);

    public static string Token(byte[] header, byte[] claims, Func<byte[], byte[]> sign)
    {
        var input = $"{Base64Url.EncodeToString(header)}.{Base64Url.EncodeToString(claims)}";
        return $"{input}.{Base64Url.EncodeToString(sign(Encoding.ASCII.GetBytes(input)))}";
    }

    public static string Part(string token, int index) => Encoding.UTF8.GetString(Base64Url.DecodeFromChars(token.Split('.')[index]));

    public static byte[] SigningInput(string token) => Encoding.ASCII.GetBytes(token[..token.LastIndexOf('.')]);

    public static byte[] Signature(string token) => Base64Url.DecodeFromChars(token.Split('.')[2]);
}
