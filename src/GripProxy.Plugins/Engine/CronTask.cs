namespace GripProxy.Plugins.Engine;

/// <summary>A member of <c>exports.schedule</c>. Immutable.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Cron">Its expression, as the plugin wrote it.</param>
internal sealed record CronTask(string Name, string Cron);
