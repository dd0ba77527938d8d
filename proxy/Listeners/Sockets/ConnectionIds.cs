namespace GripProxy.Proxy.Listeners.Sockets;

/// <summary>Ids of connections: unique in this process, and hardly ever those of the process before, for the sake of logs. Thread-safe.</summary>
internal static class ConnectionIds
{
    private const string Digits = "0123456789ABCDEFGHIJKLMNOPQRSTUV";
    private const int Length = 13;

    private static long _last = TimeProvider.System.GetUtcNow().Ticks;

    /// <summary>One more.</summary>
    public static string Next() => string.Create(Length, Interlocked.Increment(ref _last), static (text, id) =>
    {
        for (var i = Length - 1; i >= 0; i--, id >>= 5)
            text[i] = Digits[(int)(id & 31)];
    });
}
