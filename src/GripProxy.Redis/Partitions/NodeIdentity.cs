namespace GripProxy.Redis.Partitions;

/// <summary>Who a node is in Redis. Immutable.</summary>
/// <param name="Run">Name of this run of it: its name, <c>#</c>, and something random, so that a restart is another one.</param>
/// <param name="Wake">Channel of Redis on which it is woken.</param>
internal sealed record NodeIdentity(string Run, string Wake)
{
    /// <summary>The configured name in the name of a run.</summary>
    public static string NameOf(string run) => run.LastIndexOf('#') is >= 0 and var at ? run[..at] : run;
}
