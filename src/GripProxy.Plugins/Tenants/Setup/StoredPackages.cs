using System.Security.Cryptography;
using GripProxy.Plugins.Egress;
using GripProxy.Plugins.Packages;
using GripProxy.Plugins.State;

namespace GripProxy.Plugins.Tenants.Setup;

/// <summary>Packages of the state store, and those that are fetched under the egress rules (plugins-http.md §5). Thread-safe.</summary>
internal sealed class StoredPackages(IPluginStateStore store, EgressClient egress) : ISetupPackages
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <inheritdoc/>
    public async Task<PluginPackage> FindAsync(string hash) =>
        await store.ReadPackageAsync(hash) ?? throw new PackageException("is not a package that is known here");

    /// <inheritdoc/>
    public async Task<PluginPackage?> FetchAsync(string url, string sha256)
    {
        // What came before as this archive is not fetched again: a start does not depend on somebody else's server.
        var known = store.Current.Records.Values.OfType<InstallRecord>().FirstOrDefault(install => string.Equals(install.Archive, sha256, StringComparison.OrdinalIgnoreCase));
        if (known is not null && await TryReadAsync(known.Package) is { } package)
            return package;
        if (!Uri.TryCreate(url, UriKind.Absolute, out var address) || address.Scheme is not ("https" or "http"))
            throw new PackageException("is no address");
        var result = await egress.SendAsync(new EgressRequest { Url = address, Timeout = Patience }, CancellationToken.None);
        if (result.Answer is not { Status: 200 } answer)
            throw new PackageException(result.Answer is { } other ? $"was answered with {other.Status}" : $"cannot be fetched: {result.Failure?.Message}");
        var archive = answer.Body.ToArray();
        var found = Convert.ToHexStringLower(SHA256.HashData(archive));
        if (!string.Equals(found, sha256, StringComparison.OrdinalIgnoreCase))
            throw new PackageException($"has the SHA-256 {found}, not that of \"sha256\"");
        return PluginPackage.Read(PackageArchive.Read(archive));
    }

    // What is damaged is fetched once more.
    private async Task<PluginPackage?> TryReadAsync(string hash)
    {
        try
        {
            return await store.ReadPackageAsync(hash);
        }
        catch (PackageException)
        {
            return null;
        }
    }
}
