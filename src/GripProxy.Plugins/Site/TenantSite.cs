using GripProxy.Plugins.Direct;
using GripProxy.Plugins.Fleet;
using GripProxy.Plugins.Supervision;
using GripProxy.Plugins.Tenants;
using Microsoft.Extensions.Logging;

namespace GripProxy.Plugins.Site;

/// <summary>
/// What a tenant's plugins put into web pages: a script that is made once for all installed packages, whatever is switched (PLG-36). Thread-safe; one for each
/// tenant.
/// </summary>
/// <param name="live">The tenant.</param>
/// <param name="compiler">Compiles parts.</param>
/// <param name="starter">File with the text that starts parts.</param>
/// <param name="logger">The log.</param>
internal sealed partial class TenantSite(LiveTenant live, PackageCompiler compiler, string starter, ILogger<TenantSite> logger)
{
    // Pages that were loaded before packages changed.
    private const int Kept = 8;

    private readonly Lock _gate = new();
    private readonly List<SiteBundle> _made = [];
    private (string Key, Task<SiteBundle> Bundle)? _current;

    /// <summary>Installs with a part for pages, in the order of their numbers.</summary>
    public IEnumerable<Install> Installs => live.Current.Installs.Where(static install => install.Package.Site is not null).OrderBy(static install => install.Number);

    /// <summary>The script of the packages that are installed now.</summary>
    public Task<SiteBundle> BundleAsync()
    {
        List<Install> installs = [.. Installs];
        var key = string.Join(' ', installs.Select(static install => $"{install.Number}:{install.Package.Files.Hash}:{install.Name}"));
        lock (_gate)
        {
            if (_current is not { } current || current.Key != key || current.Bundle.IsFaulted)
                _current = current = (key, MakeAsync(installs));
            return current.Bundle;
        }
    }

    /// <summary>A script by its hash, or null: it is none of the last ones.</summary>
    public async Task<SiteBundle?> FindAsync(string hash)
    {
        if (Made(hash) is { } made)
            return made;
        // After a start nothing has been made yet.
        var current = await BundleAsync();
        return current.Hash == hash ? current : null;
    }

    private SiteBundle? Made(string hash)
    {
        lock (_gate)
            return _made.Find(made => made.Hash == hash);
    }

    private async Task<SiteBundle> MakeAsync(List<Install> installs)
    {
        List<SitePart> parts = [];
        foreach (var install in installs)
        {
            var result = await compiler.CompileSiteAsync(install.Package);
            if (result.Code is { } code)
                parts.Add(new SitePart(install.Number, install.Name, code));
            else
                Log.PartLeftOut(logger, install.Name, result.Problem!.ToString()); // One of the two is there.
        }

        var bundle = SiteBundle.Write(await File.ReadAllTextAsync(starter), $"{EndpointDoor.Prefix}{Uri.EscapeDataString(live.Current.Name)}/", parts);
        lock (_gate)
        {
            _made.RemoveAll(made => made.Hash == bundle.Hash);
            _made.Add(bundle);
            if (_made.Count > Kept)
                _made.RemoveAt(0);
        }

        return bundle;
    }

    private static partial class Log
    {
        [LoggerMessage(7810, LogLevel.Warning, "plugin {Install}: its part for web pages is left out: {Problem}", EventName = "SitePartLeftOut")]
        public static partial void PartLeftOut(ILogger logger, string install, string problem);
    }
}
