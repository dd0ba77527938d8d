using System.Globalization;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;

namespace GripProxy.Functional.Tests.Fixture;

/// <summary>What a test wants its proxy to be configured with. Owned by the test.</summary>
public sealed partial class ProxySetup
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

    /// <summary>What was set.</summary>
    public string Get(string section, string key) => _sections[section][key];

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

    /// <summary>Sockets that the process is given by the protocol of systemd, as its files 3, 4 and so on.</summary>
    public IList<Socket> Sockets { get; } = [];

    /// <summary>How the program is started: by itself, or by a shell that hands the sockets over.</summary>
    internal (string File, string[] Arguments) CommandOf(string program, params string[] arguments)
    {
        if (Sockets.Count == 0)
        {
            return (program, arguments);
        }

        // The numbers of files that a shell can name are few: those of the sockets are inherited as they are, and moved there.
        string moves = string.Concat(Sockets.Select((socket, i) => string.Create(CultureInfo.InvariantCulture, $"exec {3 + i}<&{Inheritable(socket)}; ")));
        string script = string.Create(CultureInfo.InvariantCulture, $"{moves}export LISTEN_PID=$$ LISTEN_FDS={Sockets.Count}; exec \"$0\" \"$@\"");
        return ("/bin/bash", ["-c", script, program, .. arguments]);
    }

    private static int Inheritable(Socket socket)
    {
        int file = socket.SafeHandle.DangerousGetHandle().ToInt32();
        const int SetFlags = 2; // F_SETFD
        Assert.Equal(0, Control(file, SetFlags, 0));
        return file;
    }

    [LibraryImport("libc", EntryPoint = "fcntl")]
    private static partial int Control(int file, int command, int value);

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
