using System.Collections;
using System.Globalization;
using System.Reflection;
using System.Text;
using GripProxy.Protocol.Configuration;

namespace GripProxy.Proxy.Tests;

/// <summary>
/// The defaults that <c>conf/gripproxy.conf</c>, and so <c>docs/configuration.md</c>, names are those that count without the key: writing one of them down
/// changes nothing in the options that the program reads.
/// </summary>
public sealed class WrittenDefaultsTests
{
    private const int Deepest = 8;

    // So that the options of all parts are read. A node that has no name makes one up.
    private const string Parts = "[plugins]\nenabled=true\n[signalr]\npath=/hub\n[cluster]\nnode=n\n";
    private const string InCluster = Parts + "redis=127.0.0.1:6379\n";

    [Fact]
    public void Defaults_WrittenDown_ChangeNothing()
    {
        List<string> wrong = [];
        foreach ((string section, string line) in WrittenDefaults())
        {
            string parts = section == "cluster" ? InCluster : Parts;
            // The last of two equal keys counts. The comments keep what comes after them on its lines.
            string[] without = Dump($"#\n#\n{parts}").Split('\n');
            string[] with = Dump($"[{section}]\n{line}\n{parts}").Split('\n');
            if (!with.SequenceEqual(without, StringComparer.Ordinal))
            {
                wrong.Add($"[{section}] {line}: {with.Except(without, StringComparer.Ordinal).FirstOrDefault()}");
            }
        }

        Assert.True(wrong.Count == 0, "Not the default, though the shipped file says so:\n" + string.Join('\n', wrong));
    }

    [Fact]
    public void Dump_OfAnotherValue_Differs() => Assert.NotEqual(Dump(Parts), Dump(Parts + "[handler]\nmessage_wait=1\n"));

    private static IEnumerable<(string Section, string Line)> WrittenDefaults()
    {
        string section = "";
        foreach (string line in File.ReadLines(Path.Combine(FindRoot(), "conf", "gripproxy.conf")))
        {
            if (line.TrimStart('#') is ['[', .. var name, ']'])
            {
                section = name;
            }
            else if (line is ['#', not ' ' and not '#', ..] && line.Split('=', 2) is [_, { Length: > 0 }] && !section.Contains(':', StringComparison.Ordinal))
            {
                yield return (section, line[1..]);
            }
        }
    }

    private static string Dump(string text)
    {
        StringBuilder dump = new();
        Write(dump, ProxyOptions.Read(Settings.Parse(text), []), 0);
        return dump.ToString();
    }

    private static void Write(StringBuilder dump, object? value, int depth)
    {
        switch (value)
        {
            case null:
                dump.Append("null");
                break;
            case string or Delegate:
                dump.Append(value as string);
                break;
            case IEnumerable many when depth < Deepest:
                // What operators are shown of the file is not what the program goes by.
                foreach (object? one in many.Cast<object?>().Where(static one => one is not SettingView))
                {
                    Write(dump.Append('-'), one, depth + 1);
                }

                break;
            case not null when depth < Deepest && value.GetType() is { IsEnum: false, Namespace: { } name } type && name.StartsWith("GripProxy", StringComparison.Ordinal):
                foreach (PropertyInfo property in type.GetProperties(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic)
                    .Where(property => property.GetIndexParameters().Length == 0 && property.Name != "EqualityContract"))
                {
                    Write(dump.Append('\n').Append(' ', depth).Append(property.Name).Append('='), property.GetValue(value), depth + 1);
                }

                break;
            default:
                dump.Append(Convert.ToString(value, CultureInfo.InvariantCulture));
                break;
        }
    }

    private static string FindRoot()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "GripProxy.sln")))
            {
                return folder.FullName;
            }
        }

        throw new InvalidOperationException($"No GripProxy.sln above {AppContext.BaseDirectory}");
    }
}
