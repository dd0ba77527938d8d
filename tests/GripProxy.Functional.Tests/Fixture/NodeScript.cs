using System.Globalization;

namespace GripProxy.Functional.Tests.Fixture;

/// <summary>Starts the scripts in the node folder, which use the libraries of others. Stateless.</summary>
public static class NodeScript
{
    private static readonly string s_folder = Path.Combine(BuiltProgram.RepositoryRoot, "tests", "GripProxy.Functional.Tests", "node");

    /// <summary>Where a script is.</summary>
    public static string PathOf(string script) => Path.Combine(s_folder, script);

    /// <summary>Starts a script that publishes to <paramref name="control"/>, with a token if there is a <paramref name="key"/>.</summary>
    public static ChildProcess Start(string script, ControlClient control, int port = 0, string? key = null, params string[] arguments)
    {
        Dictionary<string, string> environment = new(StringComparer.Ordinal)
        {
            ["CONTROL_URI"] = $"http://127.0.0.1:{control.Port}",
            ["PORT"] = port.ToString(CultureInfo.InvariantCulture),
            ["SIGNATURE_KEY"] = key ?? "changeme",
            // The old libraries use what Node warns about.
            ["NODE_NO_WARNINGS"] = "1",
        };
        if (key is not null)
        {
            environment["ISSUER"] = "realm";
            environment["KEY"] = key;
        }

        return Start(script, environment, arguments);
    }

    /// <summary>Starts a script that needs no proxy's control port.</summary>
    public static ChildProcess Start(string script, IDictionary<string, string> environment, params string[] arguments) =>
        ChildProcess.Start("node", [Path.Combine(s_folder, script), .. arguments], s_folder, environment);
}
