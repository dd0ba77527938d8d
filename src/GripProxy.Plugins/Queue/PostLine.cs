namespace GripProxy.Plugins.Queue;

/// <summary>Which line of an install's work something waits in; the lines do not wait for each other.</summary>
internal enum PostLine
{
    /// <summary>Calls with one event, and webhooks.</summary>
    Events = 0,

    /// <summary>The buffer of <c>exportEvents</c>.</summary>
    Exports = 1,

    /// <summary>Jobs.</summary>
    Jobs = 2,
}
