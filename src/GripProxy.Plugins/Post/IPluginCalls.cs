using GripProxy.Plugins.Engine;

namespace GripProxy.Plugins.Post;

/// <summary>A tenant's plugins as the work beside the chain sees them: which there are, and a way to call one. Thread-safe.</summary>
internal interface IPluginCalls
{
    /// <summary>Told when an install came, went or may run now.</summary>
    Action Changed { get; set; }

    /// <summary>The installs.</summary>
    IReadOnlyList<CallablePlugin> Plugins { get; }

    /// <summary>True if an install can be called without starting anything.</summary>
    bool IsLoaded(int install);

    /// <summary>Sees to it that what the plugins export becomes known.</summary>
    /// <exception cref="WorkerEndedException">No process can be started now.</exception>
    Task LoadAsync();

    /// <summary>Calls an exported function; the cell is started if need be.</summary>
    /// <param name="install">Number of the install.</param>
    /// <param name="method">Name of the function.</param>
    /// <param name="turn">How the call came about.</param>
    /// <param name="arguments">Each as JSON.</param>
    /// <returns>What it gave, or null if the install does not run now.</returns>
    /// <exception cref="WorkerEndedException">The process ended over it, or there is none.</exception>
    Task<CallResult?> CallAsync(int install, string method, CallTurn turn, params IReadOnlyList<ReadOnlyMemory<byte>> arguments);

    /// <summary>Notes in an install's own log what went wrong with its work outside of it.</summary>
    /// <returns>The error without the values of the install's secrets.</returns>
    PluginError Note(int install, PluginError error);

    /// <summary>Counts a fault of an install.</summary>
    void Strike(int install, PluginError error);
}
