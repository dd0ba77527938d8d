using GripProxy.Plugins.Engine;
using GripProxy.Plugins.Packages;

namespace GripProxy.Plugins.State;

/// <summary>
/// Keeps the state document, packages, attachments and the audit log (plugins.md §6, §12.2). Thread-safe. Every node of a cluster sees the same document,
/// a moment later.
/// </summary>
internal interface IPluginStateStore : IAsyncDisposable
{
    /// <summary>The document as this node knows it.</summary>
    PluginState Current { get; }

    /// <summary>Called after <see cref="Current"/> has changed, here or elsewhere; several changes may be told once. Handlers return at once and do not throw.</summary>
    event EventHandler? Changed;

    /// <summary>Changes the document. Nobody else changes it meanwhile: where somebody did, the change is made again on the newer document.</summary>
    /// <param name="change">
    /// Gives the new document from the present one; may be called several times, so it does nothing else. The same document: nothing is changed, content and
    /// audit lines are not kept. What it throws is thrown to the caller, and nothing is changed.
    /// </param>
    /// <param name="content">What comes with it, or null.</param>
    /// <returns>The document afterwards.</returns>
    /// <exception cref="StateUnavailableException">
    /// It cannot be kept now, and nothing is changed; or it is not known whether it was kept, and <see cref="Current"/> will show it.
    /// </exception>
    Task<PluginState> UpdateAsync(Func<PluginState, PluginState> change, StateContent? content = null);

    /// <summary>A package that a record names, or null if there is none.</summary>
    /// <exception cref="PackageException">What is kept of it is damaged; keeping it once more heals it.</exception>
    /// <exception cref="StateUnavailableException">It cannot be read now.</exception>
    Task<PluginPackage?> ReadPackageAsync(string hash);

    /// <summary>What a compiler made of a package, or null.</summary>
    /// <param name="hash">Content hash of the package.</param>
    /// <param name="compiler">Which compiler: code of another one is not given.</param>
    /// <exception cref="StateUnavailableException">It cannot be read now.</exception>
    Task<PluginCode?> ReadCodeAsync(string hash, string compiler);

    /// <summary>Keeps compiled code as long as its package; that of a package that is not kept is forgotten.</summary>
    /// <exception cref="StateUnavailableException">It cannot be kept now.</exception>
    Task WriteCodeAsync(string hash, string compiler, PluginCode code);

    /// <summary>The contents of an attachment that a record names, or null if there is none.</summary>
    /// <exception cref="StateUnavailableException">It cannot be read now.</exception>
    Task<byte[]?> ReadFileAsync(string id);

    /// <summary>Adds a line to the audit log about something that does not change the document.</summary>
    /// <exception cref="StateUnavailableException">It cannot be kept now.</exception>
    Task WriteAuditAsync(AuditEntry line);

    /// <summary>Lines of the audit log, the newest first.</summary>
    /// <param name="before">Only those with smaller ids; null: from the newest.</param>
    /// <param name="limit">At most so many.</param>
    /// <exception cref="StateUnavailableException">It cannot be read now.</exception>
    Task<IReadOnlyList<AuditEntry>> ReadAuditAsync(long? before, int limit);
}
