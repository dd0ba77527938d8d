using System.Xml.Linq;

namespace GripProxy.Architecture.Tests;

/// <summary>The checked-out project as files. Immutable; read once for all tests.</summary>
public static class Repository
{
    private static readonly string[] s_built = ["bin", "obj", "node_modules"];

    public static string Root { get; } = FindRoot();

    /// <summary>Project files by project name, below the given top folders.</summary>
    public static IReadOnlyDictionary<string, string> Projects(params string[] folders) =>
        folders.SelectMany(folder => Files(folder, "*.csproj"))
            .ToDictionary(file => Path.GetFileNameWithoutExtension(file), StringComparer.Ordinal);

    /// <summary>Files below a top folder, without what a build leaves there.</summary>
    public static IEnumerable<string> Files(string folder, string pattern) =>
        Directory.EnumerateFiles(Path.Combine(Root, folder), pattern, SearchOption.AllDirectories)
            .Where(file => !Relative(file).Split('/').Any(part => s_built.Contains(part, StringComparer.Ordinal)));

    /// <summary>C# files of the product; tests are not among them.</summary>
    public static IEnumerable<string> Sources() => new[] { "src", "proxy", "origin-sample" }.SelectMany(folder => Files(folder, "*.cs"));

    public static string Relative(string file) => Path.GetRelativePath(Root, file).Replace('\\', '/');

    /// <summary>Names of the projects that a project file refers to.</summary>
    public static IEnumerable<string> References(string projectFile) =>
        XDocument.Load(projectFile).Descendants("ProjectReference")
            .Select(reference => Path.GetFileNameWithoutExtension((string)reference.Attribute("Include")!)); // required by MSBuild

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
