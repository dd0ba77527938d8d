using System.Text.RegularExpressions;

namespace GripProxy.Architecture.Tests;

/// <summary>Dependencies point one way: the table of ARCHITECTURE.md, edge by edge.</summary>
public sealed partial class ProjectGraphTests
{
    private static readonly string[] s_topFolders = ["src", "proxy", "origin-sample"];

    // Who may be referred to directly. What a reference may see in turn is in its own line, so a longer edge
    // (Holds to Protocol) is legal when every step of some way there is.
    private static readonly Dictionary<string, string[]> s_table = new(StringComparer.Ordinal)
    {
        ["GripProxy.Protocol"] = [],
        ["GripProxy.Security"] = [],
        ["GripProxy.Channels"] = ["GripProxy.Protocol"],
        ["GripProxy.Holds"] = ["GripProxy.Channels"],
        ["GripProxy.Forwarding"] = ["GripProxy.Holds", "GripProxy.Security"],
        ["GripProxy.Control"] = ["GripProxy.Channels", "GripProxy.Security"],
        ["GripProxy.Dashboard"] = ["GripProxy.Channels", "GripProxy.Security"],
        ["GripProxy.SignalR"] = ["GripProxy.Holds", "GripProxy.Security"],
        ["GripProxy.Plugins"] = ["GripProxy.Holds", "GripProxy.Security"],
        ["GripProxy.Redis"] = ["GripProxy.Channels"],
        ["GripProxy.Plugins.Redis"] = ["GripProxy.Plugins", "GripProxy.Redis"],
        ["GripProxy.GameDay"] = [],
        ["GripProxy.Origin"] = ["GripProxy.Protocol", "GripProxy.Security"],
        ["GripProxy.OriginSample"] = ["GripProxy.Origin"],
        ["GripProxy.Proxy"] =
        [
            "GripProxy.Forwarding", "GripProxy.Control", "GripProxy.Dashboard", "GripProxy.SignalR", "GripProxy.Plugins",
            "GripProxy.Redis", "GripProxy.Plugins.Redis", "GripProxy.GameDay", "GripProxy.Origin", "GripProxy.OriginSample",
        ],
    };

    [Fact]
    public void Projects_OfTheProduct_AreInTheTable()
    {
        IEnumerable<string> unknown = Repository.Projects(s_topFolders).Keys.Except(s_table.Keys, StringComparer.Ordinal);

        NoFindings.In(unknown, "Projects that the table does not know");
    }

    [Fact]
    public void References_BetweenProjects_AreInTheTable()
    {
        List<string> forbidden = [];
        foreach ((string project, string file) in Repository.Projects(s_topFolders))
        {
            HashSet<string> allowed = Reachable(project);
            forbidden.AddRange(Repository.References(file).Where(to => !allowed.Contains(to)).Select(to => $"{project} -> {to}"));
        }

        NoFindings.In(forbidden, "Edges that the table does not have");
    }

    [Fact]
    public void References_OfUnitTests_AreTheirProjectOnly()
    {
        string[] wide = ["GripProxy.Functional.Tests", "GripProxy.Architecture.Tests", "GripProxy.Benchmarks", "GripProxy.Fuzz.Tests"];
        IEnumerable<string> forbidden =
            from project in Repository.Projects("tests")
            where !wide.Contains(project.Key, StringComparer.Ordinal)
            from reference in Repository.References(project.Value)
            where reference != project.Key.Replace(".Tests", "", StringComparison.Ordinal)
            select $"{project.Key} -> {reference}";

        NoFindings.In(forbidden, "Edges that the table does not have");
    }

    [Fact]
    public void Solution_OfTheRepository_NamesEveryProject()
    {
        string solution = File.ReadAllText(Path.Combine(Repository.Root, "GripProxy.sln"));
        IEnumerable<string> missing = Repository.Projects([.. s_topFolders, "tests"]).Keys
            .Where(project => !solution.Contains($"\"{project}\"", StringComparison.Ordinal));

        NoFindings.In(missing, "Projects that are not named");
    }

    [Fact]
    public void ArchitecturePaper_OfTheRepository_NamesEveryProject()
    {
        string paper = File.ReadAllText(Path.Combine(Repository.Root, "ARCHITECTURE.md"));
        IEnumerable<string> missing = Repository.Projects(s_topFolders).Keys
            .Where(project => !paper.Contains(project, StringComparison.Ordinal));

        NoFindings.In(missing, "Projects that are not named");
    }

    [Fact]
    public void ArchitecturePaper_RowOfAProject_NamesItsFolders()
    {
        string[] paper = File.ReadAllLines(Path.Combine(Repository.Root, "ARCHITECTURE.md"));
        List<string> wrong = [];
        foreach (string file in Repository.Projects("src", "proxy").Values)
        {
            string project = Path.GetDirectoryName(Repository.Relative(file))!; // a file always has a folder
            string row = paper.Single(line => line.StartsWith($"| `{project}` ", StringComparison.Ordinal));
            string[] named = [.. FolderName().Matches(row).Select(match => match.Groups["name"].Value)];
            string[] folders = [.. Repository.Files(project, "*.*").Select(path => TopFolder(project, path)).OfType<string>().Distinct(StringComparer.Ordinal)];
            wrong.AddRange(named.Except(folders, StringComparer.Ordinal).Select(folder => $"{project}: there is no {folder}/"));
            wrong.AddRange(folders.Except(named, StringComparer.Ordinal).Select(folder => $"{project}: {folder}/ is not named"));
        }

        NoFindings.In(wrong, "ARCHITECTURE.md and the folders differ");
    }

    // Null: the file is not in a folder of the project.
    private static string? TopFolder(string project, string path)
    {
        string inside = Repository.Relative(path)[(project.Length + 1)..];
        return inside.Contains('/', StringComparison.Ordinal) ? inside[..inside.IndexOf('/', StringComparison.Ordinal)] : null;
    }

    // What begins with a slash is a path of a request.
    [GeneratedRegex(@"`(?<name>[A-Za-z]+)/`", RegexOptions.None, matchTimeoutMilliseconds: 5000)]
    private static partial Regex FolderName();

    private static HashSet<string> Reachable(string project)
    {
        HashSet<string> found = new(StringComparer.Ordinal);
        Queue<string> waiting = new(s_table.GetValueOrDefault(project, []));
        while (waiting.TryDequeue(out string? next))
        {
            if (found.Add(next))
            {
                s_table.GetValueOrDefault(next, []).ToList().ForEach(waiting.Enqueue);
            }
        }

        return found;
    }
}
