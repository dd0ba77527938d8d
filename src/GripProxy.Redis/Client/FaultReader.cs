using StackExchange.Redis;

namespace GripProxy.Redis.Client;

/// <summary>Tells from what the client library says what is wrong, and how to mend it.</summary>
internal static class FaultReader
{
    /// <summary>The fault behind an exception of a call.</summary>
    /// <param name="error">What the library threw.</param>
    /// <param name="lastFailure">What it last said about a connection, or null: where no connection is there, that is the reason.</param>
    public static RedisFaultException Read(Exception error, string? lastFailure)
    {
        if (error is RedisServerException)
            return Of(error.Message, error) ?? new RedisFaultException(RedisFault.Other, error.Message, error);
        if (error is RedisTimeoutException or TimeoutException)
            return new RedisFaultException(RedisFault.Slow, "it does not answer in time", error);
        if (Of(error.Message, error) is { } named)
            return named;
        if (lastFailure is not null && Of(lastFailure, error) is { } earlier)
            return earlier;
        return new RedisFaultException(RedisFault.Unreachable, lastFailure ?? FirstLine(error.Message), error);
    }

    private static RedisFaultException? Of(string text, Exception inner)
    {
        if (Has(text, "NOSCRIPT"))
            return new RedisFaultException(RedisFault.NotReady, "it was started anew", inner) { IsUnknownScript = true };
        if (Has(text, "WRONGPASS") || Has(text, "NOAUTH") || Has(text, "NOPERM") || Has(text, "invalid password") || Has(text, "AuthenticationFailure"))
            return new RedisFaultException(RedisFault.Refused, "it refuses user or password; set password=… (and user=…) in [cluster] redis", inner);
        if (Has(text, "READONLY") || Has(text, "requires writable"))
            return new RedisFaultException(RedisFault.ReadOnly, "it is a replica that takes no writes; name its master in [cluster] redis too", inner);
        if (Has(text, "OOM"))
            return new RedisFaultException(RedisFault.OutOfMemory, "it has no memory left; raise its maxmemory", inner);
        if (Has(text, "WRONGTYPE") || Has(text, "hash value is not an integer") || Has(text, "not a valid float"))
            return new RedisFaultException(RedisFault.ForeignData, "there is something else under our keys; delete it, or set another [cluster] prefix", inner);
        if (Has(text, "LOADING") || Has(text, "MASTERDOWN") || Has(text, "CLUSTERDOWN") || Has(text, "TRYAGAIN") || Has(text, "BUSY") || Has(text, "MOVED"))
            return new RedisFaultException(RedisFault.NotReady, FirstLine(text), inner);
        return null;
    }

    private static bool Has(string text, string word) => text.Contains(word, StringComparison.Ordinal);

    private static string FirstLine(string text) => text.AsSpan(0, Math.Min(text.Length, 200)).ToString().ReplaceLineEndings(" ");
}
