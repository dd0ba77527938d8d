using GripProxy.GameDay.Agents;
using GripProxy.GameDay.Control;
using Microsoft.AspNetCore.Http;

namespace GripProxy.GameDay;

/// <summary>
/// What a node does that makes load and nothing else (plugins-gameday.md, <c>role = loadgen</c>): it carries out game days that it is given over HTTP, and makes load
/// for a coordinator elsewhere. Who may ask is looked at before. Thread-safe.
/// </summary>
public sealed class LoadNode : IAsyncDisposable
{
    private readonly GameDayApi _days;
    private readonly AgentApi _agent;
    private bool _disposed;

    /// <summary>Does nothing yet.</summary>
    /// <param name="tell">Takes what people read.</param>
    /// <param name="time">The clock.</param>
    public LoadNode(Action<string> tell, TimeProvider time)
    {
        _days = new GameDayApi(time);
        _agent = new AgentApi(tell, time, AgentApi.Patience);
    }

    /// <summary>Begins to look whether coordinators are still there.</summary>
    public void Start() => _agent.Start();

    /// <summary>True for paths that it answers.</summary>
    public static bool Serves(string path) => GameDayApi.Serves(path) || AgentApi.Serves(path);

    /// <summary>Answers a request.</summary>
    public Task HandleAsync(HttpContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return GameDayApi.Serves(context.Request.Path.Value ?? "") ? _days.HandleAsync(context) : _agent.HandleAsync(context);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, true))
            return;
        await _days.DisposeAsync();
        await _agent.DisposeAsync();
    }
}
