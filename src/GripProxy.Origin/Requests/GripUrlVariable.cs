using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace GripProxy.Origin.Requests;

/// <summary>
/// Takes the proxies from <c>GRIP_URL</c>, as the GRIP libraries of other languages do, where the application names none itself. Immutable.
/// </summary>
internal sealed class GripUrlVariable(IConfiguration? configuration) : IPostConfigureOptions<GripOptions>
{
    /// <summary>Name of the setting: an environment variable of that name, or any other source of the application's configuration.</summary>
    public const string Name = "GRIP_URL";

    /// <inheritdoc/>
    public void PostConfigure(string? name, GripOptions options)
    {
        if (options.Urls.Count > 0)
            return;
        // A URL holds no spaces, so several proxies can stand in one variable.
        var text = configuration is null ? Environment.GetEnvironmentVariable(Name) : configuration[Name];
        foreach (var url in (text ?? "").Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))
        {
            options.Urls.Add(url);
            options.UrlsAreFromVariable = true;
        }
    }
}
