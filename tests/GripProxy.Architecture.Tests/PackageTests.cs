using System.Xml;

namespace GripProxy.Architecture.Tests;

/// <summary>Each package is named once, with its reason, and used through the central version.</summary>
public sealed class PackageTests
{
    [Fact]
    public void CentralVersions_OfEveryPackage_HaveAReasonAbove()
    {
        XmlDocument packages = new();
        packages.Load(Path.Combine(Repository.Root, "Directory.Packages.props"));
        List<string> without = [];
        foreach (XmlElement package in packages.GetElementsByTagName("PackageVersion"))
        {
            XmlNode? above = package.PreviousSibling;
            while (above is XmlWhitespace)
            {
                above = above.PreviousSibling;
            }

            if (above is not XmlComment { Length: > 10 })
            {
                without.Add(package.GetAttribute("Include"));
            }
        }

        NoFindings.In(without, "Packages without a reason above");
    }

    [Fact]
    public void References_ToPackages_CarryNoVersionOfTheirOwn()
    {
        IEnumerable<string> versions =
            from project in Repository.Projects("src", "proxy", "origin-sample", "tests")
            from line in File.ReadLines(project.Value)
            where line.Contains("<PackageReference", StringComparison.Ordinal) && line.Contains("Version=", StringComparison.Ordinal)
            select $"{project.Key}: {line.Trim()}";

        NoFindings.In(versions, "Versions outside Directory.Packages.props");
    }
}
