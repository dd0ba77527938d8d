using GripProxy.Plugins.Post.Schedules;

namespace GripProxy.Plugins.Post;

/// <summary>What operators may see and start of a tenant's work beside the chain. Immutable.</summary>
/// <param name="Calls">The plugins.</param>
/// <param name="Jobs">Takes and lists jobs.</param>
/// <param name="Scheduler">Runs what is done by the clock.</param>
internal sealed record TenantWork(IPluginCalls Calls, JobIntake Jobs, Scheduler Scheduler);
