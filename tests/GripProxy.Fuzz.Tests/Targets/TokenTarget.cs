using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using GripProxy.Security.Access;
using Microsoft.Extensions.Logging.Abstractions;

namespace GripProxy.Fuzz.Tests.Targets;

/// <summary>Tokens at the control port (CTL-01): whatever is let in was signed with the secret, names the issuer and has not expired.</summary>
internal sealed class TokenTarget : FuzzTarget
{
    private const string Secret = "a secret of the fuzzer, long enough";

    private static readonly DateTimeOffset s_now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly string s_publicKey = MakePublicKey();
    private static readonly ControlAuthorizer s_authorizer = Build();

    public override string Name => "tokens";

    public override IReadOnlyList<string> Words { get; } = ["Bearer ", "Basic ", ".", "=", "eyJhbGciOiJub25lIn0", "eyJhbGciOiJIUzI1NiJ9", "eyJhbGciOiJSUzI1NiJ9", "bad", "%", " "];

    public override byte[] Generate(Chance chance)
    {
        string header = JsonGrammar.Object(chance, ("typ", "\"JWT\""), ("alg", JsonGrammar.Text(chance.Of(["HS256", "HS256", "HS256", "none", "RS256", "ES256", "HS512", ""]))), ("kid", JsonGrammar.Any(chance, 1)));
        string claims = JsonGrammar.Object(
            chance,
            ("iss", JsonGrammar.Text(chance.Of(["hmac", "hmac", "rsa", "x"]))), ("exp", $"{s_now.ToUnixTimeSeconds() + chance.Of([3600, 3600, 0, -3600, 29, -31])}"), ("nbf", JsonGrammar.Any(chance, 0)),
            ("aud", JsonGrammar.Any(chance, 1)), ("grip:publish", JsonGrammar.Any(chance, 1)), ("grip:subscribe", JsonGrammar.Any(chance, 1)));
        string signed = $"{Encode(header)}.{Encode(claims)}";
        byte[] key = Encoding.UTF8.GetBytes(chance.OneIn(5) ? s_publicKey : Secret);
        return Encoding.UTF8.GetBytes($"{chance.Of(["Bearer", "Bearer", "bearer", "Basic", ""])} {signed}.{(chance.OneIn(8) ? "" : Base64Url.EncodeToString(HMACSHA256.HashData(key, Encoding.ASCII.GetBytes(signed))))}");
    }

    public override string Run(byte[] input)
    {
        string header = Encoding.UTF8.GetString(input);
        ControlDecision decision = s_authorizer.Authorize([header], realm: null);
        if (!decision.IsAllowed)
            return $"{decision.Refusal} {decision.Detail}";
        string[] parts = header.Trim(' ', '\t')["Bearer ".Length..].TrimStart(' ').Split('.');
        Must(parts.Length == 3, "what was let in is no token");
        byte[] signature = HMACSHA256.HashData(Encoding.UTF8.GetBytes(Secret), Encoding.ASCII.GetBytes($"{parts[0]}.{parts[1]}"));
        Must(Base64Url.DecodeFromChars(parts[2]).AsSpan().SequenceEqual(signature), "what was let in has a wrong signature");
        using JsonDocument claims = JsonDocument.Parse(Base64Url.DecodeFromChars(parts[1]));
        Must(claims.RootElement.GetProperty("iss").GetString() == "hmac", "what was let in is of another issuer");
        Must(claims.RootElement.GetProperty("exp").GetDouble() > s_now.ToUnixTimeSeconds() - 30, "what was let in has expired");
        return $"allowed {decision.Scope}";
    }

    private static string Encode(string json) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(json));

    private static string MakePublicKey()
    {
        using RSA rsa = RSA.Create(2048);
        return rsa.ExportSubjectPublicKeyInfoPem();
    }

    private static ControlAuthorizer Build()
    {
        FixedTime time = new();
        ControlKeysConfig config = new() { Issuers = [new IssuerConfig("hmac", Secret, "."), new IssuerConfig("rsa", s_publicKey, ".")] };
        return ControlKeys.TryBuild(config, time, NullLogger.Instance, out ControlKeys? keys, out IReadOnlyList<ControlKeyProblem> problems)
            ? new ControlAuthorizer(keys, time)
            : throw new InvalidOperationException(string.Join(';', problems));
    }

    private sealed class FixedTime : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => s_now;
    }
}
