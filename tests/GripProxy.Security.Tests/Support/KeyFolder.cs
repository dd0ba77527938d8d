using System.Security.Cryptography;

namespace GripProxy.Security.Tests.Support;

/// <summary>A folder of key files that goes away with the test.</summary>
internal sealed class KeyFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("gripproxy-keys-").FullName;

    public string Write(string name, string content)
    {
        var file = System.IO.Path.Combine(Path, name);
        File.WriteAllText(file, content);
        return file;
    }

    public GripKey Read(string name, string content)
    {
        Write(name, content);
        return KeyText.Read("file:" + name, Path);
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);

    public static string Jwk(ECDsa key, string? kid = null, string more = "")
    {
        var q = key.ExportParameters(includePrivateParameters: false).Q;
        return $$"""{"kty":"EC","crv":"P-256","x":"{{Encode(q.X!)}}","y":"{{Encode(q.Y!)}}"{{Kid(kid)}}{{more}}}""";
    }

    public static string Jwk(RSA key, string? kid = null, string more = "")
    {
        var p = key.ExportParameters(includePrivateParameters: false);
        return $$"""{"kty":"RSA","n":"{{Encode(p.Modulus!)}}","e":"{{Encode(p.Exponent!)}}"{{Kid(kid)}}{{more}}}""";
    }

    public static string Set(params string[] keys) => $$"""{"keys":[{{string.Join(',', keys)}}]}""";

    private static string Kid(string? kid) => kid is null ? "" : $",\"kid\":\"{kid}\"";

    private static string Encode(byte[] bytes) => System.Buffers.Text.Base64Url.EncodeToString(bytes);
}
