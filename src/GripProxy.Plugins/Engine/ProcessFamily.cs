using System.Globalization;

namespace GripProxy.Plugins.Engine;

/// <summary>
/// A process with those that it has started, as far as the system tells: what a launcher stands in front of is a child of it (plugins.md §5.7). Stateless. Linux only.
/// </summary>
internal static class ProcessFamily
{
    // Launchers start one process each; more would be a circle.
    private const int Most = 16;

    /// <summary>The numbers of the process and of all below it.</summary>
    public static IReadOnlyList<int> Of(int process)
    {
        List<int> family = [process];
        for (var i = 0; i < family.Count && family.Count < Most; i++)
            family.AddRange(ChildrenOf(family[i]));
        return family;
    }

    private static IEnumerable<int> ChildrenOf(int process)
    {
        try
        {
            return File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{process}/task/{process}/children"))
                .Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(static id => int.Parse(id, CultureInfo.InvariantCulture));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It has ended, or the system does not tell: then it is measured alone.
            return [];
        }
    }
}
