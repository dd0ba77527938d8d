using GripProxy.Security.Tokens;

namespace GripProxy.Security;

/// <summary>
/// Makes <c>Grip-Sig</c> tokens (HTTP-03). Thread-safe: one token is made per second and shared. The current token is replaced under a lock
/// and read without one.
/// </summary>
public sealed class GripSigner
{
    private const int LifetimeSeconds = 3600;

    private readonly Lock _renewal = new();
    private readonly TokenWriter _writer;
    private readonly string _issuer;
    private readonly TimeProvider _time;
    private volatile Signed? _current;

    /// <summary>
    /// Signs with this key and issuer. Throws <see cref="ArgumentException"/> if the key cannot sign (a public key) or the issuer is empty
    /// (without an issuer there is no <c>Grip-Sig</c>, HTTP-03).
    /// </summary>
    public GripSigner(GripKey key, string issuer, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(key);
        ArgumentException.ThrowIfNullOrEmpty(issuer);
        ArgumentNullException.ThrowIfNull(time);
        _writer = new TokenWriter(key);
        _issuer = issuer;
        _time = time;
    }

    /// <summary>A token with <c>exp</c> an hour ahead and <c>iss</c>, in this order.</summary>
    public string Token
    {
        get
        {
            var second = _time.GetUtcNow().ToUnixTimeSeconds();
            return _current is { } signed && signed.Second == second ? signed.Token : Renew(second);
        }
    }

    /// <summary>Names the issuer only.</summary>
    public override string ToString() => $"GripSigner({_issuer})";

    private string Renew(long second)
    {
        // RSA signing takes a millisecond: one thread does it, the others wait for its token instead of making their own.
        lock (_renewal)
        {
            if (_current is { } signed && signed.Second == second)
                return signed.Token;
            var token = _writer.Write(claims =>
            {
                claims.WriteNumber("exp", second + LifetimeSeconds);
                claims.WriteString("iss", _issuer);
            });
            _current = new Signed(second, token);
            return token;
        }
    }

    private sealed class Signed(long second, string token)
    {
        public long Second { get; } = second;

        public string Token { get; } = token;
    }
}
