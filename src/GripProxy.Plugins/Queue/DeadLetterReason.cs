namespace GripProxy.Plugins.Queue;

/// <summary>Why something is not tried any more (plugins.md §8.3). Immutable.</summary>
/// <param name="Stage">Where it failed: <c>chain</c>, <c>routing</c>, <c>onEvent</c>, <c>exportEvents</c>, <c>webhook</c>, <c>job</c> and the like.</param>
/// <param name="Install">Number of the install it failed in; 0: in none.</param>
/// <param name="Error">What went wrong, in words.</param>
/// <param name="Stack">The stack of what was thrown, or empty.</param>
internal sealed record DeadLetterReason(string Stage, int Install, string Error, string Stack = "")
{
    /// <summary>The stage of the chain.</summary>
    public const string Chain = "chain";

    /// <summary>The stage in which channels and items are made of an event.</summary>
    public const string Routing = "routing";

    /// <summary>The stage of jobs.</summary>
    public const string Job = "job";

    /// <summary>The stage in which a webhook is sent.</summary>
    public const string Webhook = "webhook";
}
