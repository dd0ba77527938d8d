using GripProxy.Plugins.Capture;
using GripProxy.Plugins.Engine;
using GripProxy.Plugins.Post;

namespace GripProxy.Plugins.Supervision;

/// <summary>The plugins of a keeper as the work beside the chain sees them. Thread-safe.</summary>
internal sealed class KeptCalls : IPluginCalls
{
    private readonly CellKeeper _keeper;
    private readonly EventParents _parents;

    /// <summary>Listens to the installs from now on.</summary>
    /// <param name="keeper">Keeps them.</param>
    /// <param name="parents">Told what is under way.</param>
    public KeptCalls(CellKeeper keeper, EventParents parents)
    {
        _parents = parents;
        _keeper = keeper;
        keeper.StateChanged += _ => Changed();
    }

    /// <inheritdoc/>
    public Action Changed { get; set; } = static () => { };

    /// <inheritdoc/>
    public IReadOnlyList<CallablePlugin> Plugins => [.. _keeper.Installs.Select(status => new CallablePlugin(status.Install, status.MayRun, status.Capabilities))];

    /// <inheritdoc/>
    public bool IsLoaded(int install) => _keeper.Installs.FirstOrDefault(status => status.Install.Number == install) is { } status && _keeper.IsLoaded(status);

    /// <inheritdoc/>
    public Task LoadAsync() => _keeper.GetAllAsync();

    /// <inheritdoc/>
    public async Task<CallResult?> CallAsync(int install, string method, CallTurn turn, params IReadOnlyList<ReadOnlyMemory<byte>> arguments)
    {
        using var lease = await _keeper.EnterAsync(copy => copy.Install.Number == install, status => status.Install.Number == install);
        if (lease.Copies is not [var copy])
            return null;
        var ticket = _parents.Open(turn.Depth);
        var started = _keeper.Time.GetTimestamp();
        try
        {
            var result = await copy.Cell.CallAsync(copy.Copy, method, ticket, turn, arguments);
            return result.Error is { } error ? result with { Error = _keeper.Threw(copy.Status, error) } : result;
        }
        finally
        {
            _keeper.Calls.Took(copy.Install, method, _keeper.Time.GetElapsedTime(started));
            _parents.Close(ticket);
        }
    }

    /// <inheritdoc/>
    public PluginError Note(int install, PluginError error) =>
        _keeper.Installs.FirstOrDefault(status => status.Install.Number == install) is { } status ? _keeper.Threw(status, error) : error;

    /// <inheritdoc/>
    public void Strike(int install, PluginError error)
    {
        if (_keeper.Installs.FirstOrDefault(status => status.Install.Number == install) is { } status)
            _keeper.Strike(status, error);
    }
}
