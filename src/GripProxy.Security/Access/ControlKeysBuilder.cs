using GripProxy.Security.Keys;
using Microsoft.Extensions.Logging;

namespace GripProxy.Security.Access;

/// <summary>
/// Makes <see cref="ControlKeys"/> of their configuration and gathers all problems. Owned by the thread that builds, used once.
/// </summary>
internal sealed class ControlKeysBuilder(TimeProvider time, ILogger logger)
{
    private readonly List<ControlKeyProblem> _problems = [];

    /// <summary>Everything found wrong, in file order.</summary>
    internal IReadOnlyList<ControlKeyProblem> Problems => _problems;

    /// <summary>The keys, or null if there is a problem.</summary>
    internal ControlKeys? Build(ControlKeysConfig config)
    {
        if (config.ClockSkew < TimeSpan.Zero)
            Report("control", "clock_skew", "is negative; expected seconds, 0 or more");
        var issuers = ReadIssuers(config.Issuers);
        var bearers = ReadBearers(config.Bearers);
        var basics = ReadBasics(config.Basics);
        return _problems.Count > 0
            ? null
            : new ControlKeys(issuers, new StaticCredentials(bearers), new StaticCredentials(basics), config.Audience, config.ClockSkew);
    }

    private List<Issuer> ReadIssuers(IReadOnlyList<IssuerConfig> configs)
    {
        var issuers = new List<Issuer>();
        foreach (var config in configs)
        {
            var section = $"issuer:{config.Name}";
            var isNamed = IsNamed(config.Name, section, issuers.Exists(known => known.Name == config.Name));
            if (!TryReadScope(config.Channels, section, out var scope) || !isNamed)
                continue;
            if (IssuerKeys.TryRead(config, time, logger, out var keys, out var error))
                issuers.Add(new Issuer(config.Name, keys, scope));
            else
                Report(section, "key", error);
        }

        return issuers;
    }

    private List<StaticCredential> ReadBearers(IReadOnlyList<BearerConfig> configs)
    {
        var bearers = new List<StaticCredential>();
        foreach (var config in configs)
        {
            var section = $"bearer:{config.Name}";
            var isNamed = IsNamed(config.Name, section, bearers.Exists(known => known.Identity == section));
            if (!TryReadScope(config.Channels, section, out var scope) || !isNamed)
                continue;
            var credential = new StaticCredential(section, config.Token ?? "", scope);
            if (string.IsNullOrEmpty(config.Token))
                Report(section, "token", "is missing or empty; expected the token that clients send after 'Bearer'");
            else if (config.Token.AsSpan().ContainsAnyExceptInRange('!', '~'))
                Report(section, "token", "holds characters that a header cannot carry; expected visible ASCII without spaces");
            else if (bearers.Find(credential.HasSameSecret) is { } twin)
                Report(section, "token", $"equals that of [{twin.Identity}]; expected a token of its own");
            else
                bearers.Add(credential);
        }

        return bearers;
    }

    private List<StaticCredential> ReadBasics(IReadOnlyList<BasicConfig> configs)
    {
        var basics = new List<StaticCredential>();
        foreach (var config in configs)
        {
            var section = $"basic:{config.Name}";
            var isNamed = IsNamed(config.Name, section, basics.Exists(known => known.Identity == section));
            if (!TryReadScope(config.Channels, section, out var scope) || !isNamed)
                continue;
            if (string.IsNullOrEmpty(config.Password))
                Report(section, "password", "is missing or empty; expected the password of this user");
            else
                basics.Add(new StaticCredential(section, $"{config.Name}:{config.Password}", scope));
        }

        return basics;
    }

    private bool IsNamed(string name, string section, bool isKnown)
    {
        if (string.IsNullOrEmpty(name))
            Report(section, "", $"has no name; expected [{section}NAME]");
        else if (isKnown)
            Report(section, "", "stands twice; expected one section of this name");
        else
            return true;
        return false;
    }

    private bool TryReadScope(IReadOnlyList<string>? channels, string section, out ChannelScope scope)
    {
        scope = channels is null ? ChannelScope.All : ChannelScope.Of(channels);
        // Taking an empty list for "all" would open what somebody meant to close.
        if (channels is not { Count: 0 })
            return true;
        Report(section, "channels", "is empty; expected patterns such as news.*, or leave the key out for all channels");
        return false;
    }

    private void Report(string section, string key, string text) => _problems.Add(new ControlKeyProblem(section, key, text));
}
