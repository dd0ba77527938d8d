using System.Collections.Concurrent;
using GripProxy.Plugins.Packages;
using GripProxy.Plugins.State;

namespace GripProxy.Plugins.Redis.State;

/// <summary>
/// Packages and attachments of the installs, which this node has in memory anyway: they are there while Redis is away, and can be told again when it has lost
/// them. Thread-safe.
/// </summary>
internal sealed class StateMemory
{
    private readonly ConcurrentDictionary<string, PluginPackage> _packages = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, byte[]> _files = new(StringComparer.Ordinal);

    /// <summary>A package, or null.</summary>
    public PluginPackage? FindPackage(string hash) => _packages.GetValueOrDefault(hash);

    /// <summary>The contents of an attachment, or null.</summary>
    public byte[]? FindFile(string id) => _files.GetValueOrDefault(id);

    /// <summary>Takes what came with a change that is now made.</summary>
    public void Add(StateContent content, PluginState current)
    {
        foreach (var package in content.Packages)
            Add(package, current);
        foreach (var (id, contents) in content.Files)
            Add(id, contents.ToArray(), current);
    }

    /// <summary>Takes a package, if an install is of it.</summary>
    public PluginPackage Add(PluginPackage package, PluginState current)
    {
        if (current.PackagesOfInstalls.Contains(package.Files.Hash))
            _packages[package.Files.Hash] = package;
        return package;
    }

    /// <summary>Takes the contents of an attachment, if an install has it.</summary>
    public byte[] Add(string id, byte[] contents, PluginState current)
    {
        if (current.NamedFiles.Contains(id))
            _files[id] = contents;
        return contents;
    }

    /// <summary>Lets go of what no install has any more.</summary>
    public void Trim(PluginState current)
    {
        var packages = current.PackagesOfInstalls.ToHashSet(StringComparer.Ordinal);
        foreach (var gone in _packages.Keys.Where(hash => !packages.Contains(hash)))
            _packages.TryRemove(gone, out _);
        var files = current.NamedFiles.ToHashSet(StringComparer.Ordinal);
        foreach (var gone in _files.Keys.Where(id => !files.Contains(id)))
            _files.TryRemove(gone, out _);
    }

    /// <summary>A document without the packages whose files are neither here nor kept with another document.</summary>
    public PluginState WithoutLost(PluginState state, PluginState kept)
    {
        var there = kept.NamedPackages.ToHashSet(StringComparer.Ordinal);
        return state.Records.Values.OfType<PackageRecord>()
            .Where(package => !there.Contains(package.Hash) && !_packages.ContainsKey(package.Hash))
            .Aggregate(state, static (rest, package) => rest.Without(package));
    }

    /// <summary>What a document names and another one, with which it would be kept, does not.</summary>
    public StateContent ContentOf(PluginState state, PluginState kept) => new()
    {
        Packages = [.. state.NamedPackages.Except(kept.NamedPackages, StringComparer.Ordinal).Select(FindPackage).OfType<PluginPackage>()],
        Files = state.NamedFiles.Except(kept.NamedFiles, StringComparer.Ordinal).Where(_files.ContainsKey)
            .ToDictionary(static id => id, id => (ReadOnlyMemory<byte>)_files[id], StringComparer.Ordinal),
    };
}
