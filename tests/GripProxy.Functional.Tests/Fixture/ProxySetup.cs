using System.Globalization;
using System.Text;

namespace GripProxy.Functional.Tests.Fixture;

/// <summary>What a test wants its proxy to be configured with. Owned by the test.</summary>
public sealed class ProxySetup
{
    private readonly Dictionary<string, Dictionary<string, string>> _sections = new(StringComparer.Ordinal)
    {
        ["global"] = new(StringComparer.Ordinal),
        ["runner"] = new(StringComparer.Ordinal) { ["log_level"] = "2" },
        ["proxy"] = new(StringComparer.Ordinal) { ["routesfile"] = "routes", ["sig_key"] = "changeme" },
        // A second request to the origin one second after the first subscription would blur what a test counts.
        ["handler"] = new(StringComparer.Ordinal) { ["update_on_first_subscription"] = "false" },
    };

    /// <summary>Lines of the routes file.</summary>
    public IList<string> Routes { get; } = [];

    public ProxySetup Set(string section, string key, string value)
    {
        if (!_sections.TryGetValue(section, out Dictionary<string, string>? keys))
        {
            keys = new Dictionary<string, string>(StringComparer.Ordinal);
            _sections.Add(section, keys);
        }

        keys[key] = value;
        return this;
    }

    /// <summary>Environment variables of the process.</summary>
    public IDictionary<string, string> Variables { get; } = new Dictionary<string, string>(StringComparer.Ordinal);

    public ProxySetup Variable(string name, string value)
    {
        Variables[name] = value;
        return this;
    }

    public ProxySetup Route(string line)
    {
        Routes.Add(line);
        return this;
    }

    internal void Write(string folder, int clientPort, int controlPort)
    {
        Set("global", "rundir", Path.Combine(folder, "run"));
        Set("runner", "http_port", string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{clientPort}"));
        Set("handler", "push_in_http_addr", "127.0.0.1");
        Set("handler", "push_in_http_port", controlPort.ToString(CultureInfo.InvariantCulture));
        StringBuilder text = new();
        foreach ((string section, Dictionary<string, string> keys) in _sections)
        {
            text.Append('[').Append(section).Append("]\n");
            foreach ((string key, string value) in keys)
            {
                text.Append(key).Append('=').Append(value).Append('\n');
            }

            text.Append('\n');
        }

        File.WriteAllText(Path.Combine(folder, "gripproxy.conf"), text.ToString());
        File.WriteAllLines(Path.Combine(folder, "routes"), Routes);
    }
}
