using System.Text.Json.Nodes;

namespace GripProxy.GameDay.Reports;

/// <summary>Writes a report to files. Stateless.</summary>
internal static class ReportFiles
{
    /// <summary>Writes JSON, Markdown and HTML.</summary>
    /// <param name="report">The report.</param>
    /// <param name="name">Name without extension; <c>{name}</c> and <c>{start}</c> are replaced.</param>
    /// <param name="folder">Where.</param>
    /// <returns>The files.</returns>
    public static IReadOnlyList<string> Write(JsonObject report, string name, string folder)
    {
        var start = (report["started"]?.ToString() ?? "").Replace("-", "", StringComparison.Ordinal).Replace(":", "", StringComparison.Ordinal);
        var path = Path.Combine(folder, name.Replace("{name}", report["name"]?.ToString(), StringComparison.Ordinal).Replace("{start}", start, StringComparison.Ordinal));
        if (Path.GetDirectoryName(path) is { Length: > 0 } parent)
            Directory.CreateDirectory(parent);
        File.WriteAllText(path + ".json", HtmlReport.Pretty(report) + "\n");
        File.WriteAllText(path + ".md", MarkdownReport.Write(report));
        File.WriteAllText(path + ".html", HtmlReport.Write(report));
        return [path + ".json", path + ".md", path + ".html"];
    }
}
