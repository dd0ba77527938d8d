using System.Text.Json;
using GripProxy.Plugins.Engine;

namespace GripProxy.Plugins.Supervision;

/// <summary>
/// One process for the plugins of all tenants (plugins.md §5.1, isolation=shared): the first that needs it starts it, the last that leaves it ends it. Numbers
/// in its frames are of its own, because each tenant counts its installs from 1. Thread-safe.
/// </summary>
internal sealed class SharedCell : ICellHost
{
    private readonly Lock _gate = new();
    private readonly Dictionary<Cell, int> _users = [];
    private readonly List<(ICellHost Host, int Install)> _addresses = [];
    private Task<Cell>? _current;
    private int _copies;

    /// <summary>A number that no copy has.</summary>
    public int NextCopy() => Interlocked.Increment(ref _copies);

    /// <summary>What the process calls an install.</summary>
    /// <param name="host">Answers the install.</param>
    /// <param name="install">Its number within its tenant.</param>
    public int AddressOf(ICellHost host, int install)
    {
        lock (_gate)
        {
            var known = _addresses.IndexOf((host, install));
            if (known < 0)
            {
                known = _addresses.Count;
                _addresses.Add((host, install));
            }

            return known + 1;
        }
    }

    /// <summary>Begins to use the process, which is started if there is none.</summary>
    /// <param name="start">Starts one that the given host answers.</param>
    /// <param name="anew">True: one that runs is left to the others.</param>
    /// <exception cref="WorkerEndedException">It did not start.</exception>
    public async Task<Cell> EnterAsync(Func<ICellHost, Task<Cell>> start, bool anew)
    {
        while (true)
        {
            Task<Cell> starting;
            bool isMine;
            lock (_gate)
            {
                isMine = anew || _current is null || (_current.IsCompleted && !IsAlive(_current));
                starting = isMine ? _current = start(this) : _current!; // Else one runs or starts.
            }

            var cell = await starting;
            lock (_gate)
            {
                // The last user of another's may have left it meanwhile.
                if (!isMine && _current != starting && !_users.ContainsKey(cell))
                    continue;
                _users[cell] = _users.GetValueOrDefault(cell) + 1;
                return cell;
            }
        }
    }

    /// <summary>Ends one use; the process ends with the last.</summary>
    public async ValueTask LeaveAsync(Cell cell)
    {
        lock (_gate)
        {
            if (--_users[cell] > 0)
                return;
            _users.Remove(cell);
            if (_current is { IsCompletedSuccessfully: true } current && current.Result == cell)
                _current = null;
        }

        await cell.DisposeAsync();
    }

    void ICellHost.Log(int install, string level, string text)
    {
        if (Find(install) is { } found)
            found.Host.Log(found.Install, level, text);
    }

    ValueTask<HostAnswer> ICellHost.RequestAsync(int install, string operation, JsonElement arguments) => Find(install) is { } found
        ? found.Host.RequestAsync(found.Install, operation, arguments)
        : ValueTask.FromResult(HostAnswer.Failed("Error", "there is no such plugin"));

    private static bool IsAlive(Task<Cell> cell) => cell.IsCompletedSuccessfully && !cell.Result.Ended.IsCompleted;

    private (ICellHost Host, int Install)? Find(int address)
    {
        lock (_gate)
            return address > 0 && address <= _addresses.Count ? _addresses[address - 1] : null;
    }
}
