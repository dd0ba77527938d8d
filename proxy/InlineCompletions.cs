namespace GripProxy.Proxy;

/// <summary>
/// Lets what a socket brings be handled on the thread that polled it. By default the framework hands it to the thread pool, which for a request of a
/// few microseconds costs as much again in waking threads (docs/performance.md). It is safe because nothing here blocks a thread: work that takes
/// long goes to the pool by itself. Stateless.
/// </summary>
internal static class InlineCompletions
{
    // The framework knows no other way to say it, and reads it when the first socket is made.
    private const string Variable = "DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS";

    /// <summary>Turns it on, unless the environment says something. Before the first socket.</summary>
    public static void Enable()
    {
        if (Environment.GetEnvironmentVariable(Variable) is null)
            Environment.SetEnvironmentVariable(Variable, "1");
    }
}
