using System.Text.Json;

namespace GripProxy.Plugins.Engine;

/// <summary>What a cell's plugins want of the host. Called on the loop that reads from the cell, in the order in which they ask.</summary>
internal interface ICellHost
{
    /// <summary>Takes a line of a plugin's log; returns at once.</summary>
    /// <param name="install">Number the cell gives, which is nobody's if it is wrong.</param>
    /// <param name="level">The cell's word for it.</param>
    /// <param name="text">The line.</param>
    void Log(int install, string level, string text);

    /// <summary>Does what a plugin asks for. What is thrown is told to the plugin only as a failure.</summary>
    /// <param name="install">Number the cell gives.</param>
    /// <param name="operation">What is wanted.</param>
    /// <param name="arguments">An object; valid until the answer is there.</param>
    ValueTask<HostAnswer> RequestAsync(int install, string operation, JsonElement arguments);
}
